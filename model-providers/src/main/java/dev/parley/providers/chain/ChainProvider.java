package dev.parley.providers.chain;

import dev.parley.providers.AskedModel;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.Provider;
import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.breaker.Breaker;
import dev.parley.providers.price.Prices;
import dev.parley.service.logging.RateLimitedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Asks several providers in turn, each for its own model: the first that produces a word gives the whole answer. A provider whose circuit
 * breaker is open is skipped. If all are open, the first provider is asked nevertheless, because its service may work again, and failing
 * without asking helps no user.
 *
 * <p>The next provider is asked if one fails before its first word. An exception is {@link Kind#CONTENT_FILTERED}: a text that one
 * service refuses is not offered to others until one accepts it.
 */
public final class ChainProvider implements Provider {

    private static final RateLimitedLog WARNINGS =
            RateLimitedLog.warnings(LoggerFactory.getLogger(ChainProvider.class));

    private final List<Link> links;
    private final Duration firstWordLimit;
    private final Prices prices;
    private final ProviderObserver observer;
    private final RateLimitedLog warnings;

    /**
     * @param links at least one
     * @param firstWordLimit how long a provider may be silent before its first word if another one can be asked
     */
    public ChainProvider(List<Link> links, Duration firstWordLimit, Prices prices, ProviderObserver observer) {
        this(links, firstWordLimit, prices, observer, WARNINGS);
    }

    ChainProvider(
            List<Link> links,
            Duration firstWordLimit,
            Prices prices,
            ProviderObserver observer,
            RateLimitedLog warnings) {
        this.links = List.copyOf(links);
        this.firstWordLimit = firstWordLimit;
        this.prices = prices;
        this.observer = observer;
        this.warnings = warnings;
    }

    /** The name of the first provider that is available. */
    @Override
    public String name() {
        return firstAvailable().provider().name();
    }

    /** The model of the first provider that is available. */
    public String model() {
        return firstAvailable().model().get();
    }

    private Link firstAvailable() {
        return links.stream().filter(link -> !link.isOpen()).findFirst().orElse(links.getFirst());
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException {
        List<ProviderException> failures = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            Optional<Breaker.Permit> permit = link.breaker().tryAcquire();
            if (permit.isPresent()) {
                Attempt attempt = new Attempt(link, permit.get(), request, sink);
                try {
                    attempt.run(nextAvailable(i).isPresent());
                    return;
                } catch (ProviderException e) {
                    warn(e, consequence(attempt, e, i));
                    if (attempt.hasSpoken || e.kind() == Kind.CONTENT_FILTERED) {
                        throw e;
                    }
                    failures.add(e);
                }
            }
        }
        if (failures.isEmpty()) {
            askDespiteOpenBreaker(links.getFirst(), request, sink);
        } else {
            throw mostHelpful(failures);
        }
    }

    private Optional<Link> nextAvailable(int index) {
        return links.subList(index + 1, links.size()).stream()
                .filter(link -> !link.isOpen())
                .findFirst();
    }

    private void askDespiteOpenBreaker(Link first, ModelRequest request, Consumer<ModelPiece> sink)
            throws ProviderException, InterruptedException {
        try {
            new Attempt(first, Breaker.Permit.UNCOUNTED, request, sink).run(false);
        } catch (ProviderException e) {
            warn(e, "every provider has failed lately, so the answer ends with an error");
            throw e;
        }
    }

    /** The message of the exception contains no text of a user. */
    private void warn(ProviderException failure, String consequence) {
        warnings.log(failure.getMessage() + consequence, "{}; {}", String.valueOf(failure.getMessage()), consequence);
    }

    private String consequence(Attempt attempt, ProviderException failure, int index) {
        if (attempt.hasSpoken) {
            return "the answer had begun and ends with an error";
        }
        if (failure.kind() == Kind.CONTENT_FILTERED) {
            return "the answer ends with an error, and no other provider is asked";
        }
        return nextAvailable(index)
                .map(next -> next.provider().name() + " is asked instead")
                .orElse("no other provider can be asked, so the answer ends with an error");
    }

    /** First a failure that may be temporary, so that the user tries again; then one that the user can avoid; then the others. */
    private static ProviderException mostHelpful(List<ProviderException> failures) {
        return failures.stream()
                .min(Comparator.comparing(failure -> switch (failure.kind()) {
                    case UNAVAILABLE, RATE_LIMITED, TIMEOUT, BAD_RESPONSE, EMPTY_ANSWER -> 0;
                    case TOKEN_LIMIT, CONTENT_FILTERED -> 1;
                    case UNAUTHORIZED, REJECTED -> 2;
                }))
                .orElseThrow();
    }

    /** One provider's attempt. Announces its model first, and again if the name of the model becomes known with the answer. */
    private final class Attempt implements Consumer<ModelPiece> {

        private final Link link;
        private final Breaker.Permit permit;
        private final ModelRequest request;
        private final Consumer<ModelPiece> sink;
        private final String model;
        private Optional<ModelPiece.Finished> end = Optional.empty();
        private boolean hasSpoken;

        Attempt(Link link, Breaker.Permit permit, ModelRequest request, Consumer<ModelPiece> sink) {
            this.link = link;
            this.permit = permit;
            this.model = link.model().get();
            this.request = request.to(model);
            this.sink = sink;
        }

        void run(boolean othersFollow) throws ProviderException, InterruptedException {
            Provider provider =
                    othersFollow ? new FirstWordLimitProvider(link.provider(), firstWordLimit) : link.provider();
            try (permit) {
                announce(model);
                stream(provider);
            }
        }

        private void stream(Provider provider) throws ProviderException, InterruptedException {
            try {
                provider.stream(request, this);
                finish();
            } catch (ProviderException e) {
                observer.failed(provider.name(), e.kind());
                permit.failed(e.kind());
                throw e;
            }
        }

        @Override
        public void accept(ModelPiece piece) {
            if (piece instanceof ModelPiece.Finished finished) {
                end = Optional.of(finished); // passed on only if there was an answer
                return;
            }
            if (!hasSpoken && request.shows(piece)) {
                hasSpoken = true;
                permit.answered();
                String modelNow = link.model().get();
                if (!modelNow.equals(model)) {
                    announce(modelNow);
                }
            }
            sink.accept(piece);
        }

        /** An answer that was continued may have been complete before; otherwise an answer without a word is a failure. */
        private void finish() throws ProviderException {
            if (!hasSpoken && request.answerSoFar().isEmpty()) {
                throw new ProviderException(
                        Kind.EMPTY_ANSWER, true, link.provider().name() + " gave no answer");
            }
            end.ifPresent(sink);
        }

        private void announce(String name) {
            String provider = link.provider().name();
            sink.accept(new ModelPiece.Asked(
                    new AskedModel(provider, name, prices.of(provider, name).orElse(null))));
        }
    }
}
