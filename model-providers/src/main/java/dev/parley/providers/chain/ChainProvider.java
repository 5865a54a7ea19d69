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
 * Several providers as one: the first that says something answers, and nobody else after it. Each is asked for its own model. One
 * whose breaker is open is passed over; if that is so of all, the first is asked all the same, for its service may be back, and
 * to fail without asking helps nobody.
 *
 * <p>The next is asked whenever one fails before its first word, with one exception: a text that a service refuses as such
 * ({@link Kind#CONTENT_FILTERED}) is not taken to others until one lets it through.
 */
public final class ChainProvider implements Provider {

    private static final RateLimitedLog WARNINGS =
            RateLimitedLog.warnings(LoggerFactory.getLogger(ChainProvider.class));

    private final List<Link> links;
    private final Duration patience;
    private final Prices prices;
    private final ProviderObserver observer;
    private final RateLimitedLog warnings;

    /**
     * @param links one at least
     * @param patience how long one that is not the last may be silent before its first word
     */
    public ChainProvider(List<Link> links, Duration patience, Prices prices, ProviderObserver observer) {
        this(links, patience, prices, observer, WARNINGS);
    }

    ChainProvider(
            List<Link> links, Duration patience, Prices prices, ProviderObserver observer, RateLimitedLog warnings) {
        this.links = List.copyOf(links);
        this.patience = patience;
        this.prices = prices;
        this.observer = observer;
        this.warnings = warnings;
    }

    /** Of the one that will most likely answer. */
    @Override
    public String name() {
        return likely().provider().name();
    }

    /** The model of the one that will most likely answer. */
    public String model() {
        return likely().model().get();
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException {
        List<ProviderException> failures = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            Optional<Breaker.Pass> pass = link.breaker().tryEnter();
            if (pass.isPresent()) {
                boolean othersFollow =
                        links.subList(i + 1, links.size()).stream().anyMatch(other -> !other.isOpen());
                Asking asking = new Asking(link, pass.get(), request, sink);
                try {
                    asking.ask(othersFollow);
                    return;
                } catch (ProviderException e) {
                    warn(e, whatFollows(asking, e, i));
                    if (asking.spoke || e.kind() == Kind.CONTENT_FILTERED) {
                        throw e;
                    }
                    failures.add(e);
                }
            }
        }
        if (failures.isEmpty()) {
            askThoughOpen(links.getFirst(), request, sink);
        } else {
            throw mostTelling(failures);
        }
    }

    private void askThoughOpen(Link first, ModelRequest request, Consumer<ModelPiece> sink)
            throws ProviderException, InterruptedException {
        Asking asking = new Asking(first, Breaker.Pass.UNCOUNTED, request, sink);
        try {
            asking.ask(false);
        } catch (ProviderException e) {
            warn(e, "every provider has failed lately, so the answer ends with an error");
            throw e;
        }
    }

    /** The message of a failure names the provider and the status; none has a text of a user. */
    private void warn(ProviderException failure, String follows) {
        warnings.log(failure.getMessage() + follows, "{}; {}", String.valueOf(failure.getMessage()), follows);
    }

    private String whatFollows(Asking asking, ProviderException failure, int index) {
        if (asking.spoke) {
            return "the answer had begun and ends with an error";
        }
        if (failure.kind() == Kind.CONTENT_FILTERED) {
            return "the answer ends with an error, and no other provider is asked";
        }
        return links.subList(index + 1, links.size()).stream()
                .filter(other -> !other.isOpen())
                .findFirst()
                .map(next -> next.provider().name() + " is asked instead")
                .orElse("no other provider can be asked, so the answer ends with an error");
    }

    private Link likely() {
        return links.stream().filter(link -> !link.isOpen()).findFirst().orElse(links.getFirst());
    }

    /** What may pass first, for then it is worth to ask again; then what the user can do something about; then the rest. */
    private static ProviderException mostTelling(List<ProviderException> failures) {
        return failures.stream()
                .min(Comparator.comparing(failure -> switch (failure.kind()) {
                    case UNAVAILABLE, RATE_LIMITED, TIMEOUT, BAD_RESPONSE, EMPTY_ANSWER -> 0;
                    case TOKEN_LIMIT, CONTENT_FILTERED -> 1;
                    case UNAUTHORIZED, REJECTED -> 2;
                }))
                .orElseThrow();
    }

    /** One provider's turn. Says who it is before anything else, and again if its model's name was not known before. */
    private final class Asking implements Consumer<ModelPiece> {

        private final Link link;
        private final Breaker.Pass pass;
        private final ModelRequest request;
        private final Consumer<ModelPiece> sink;
        private final String model;
        private Optional<ModelPiece.Finished> end = Optional.empty();
        private boolean spoke;

        Asking(Link link, Breaker.Pass pass, ModelRequest request, Consumer<ModelPiece> sink) {
            this.link = link;
            this.pass = pass;
            this.model = link.model().get();
            this.request = request.to(model);
            this.sink = sink;
        }

        void ask(boolean othersFollow) throws ProviderException, InterruptedException {
            Provider provider = othersFollow ? new PunctualProvider(link.provider(), patience) : link.provider();
            try (pass) {
                announce(model);
                askOnce(provider);
            }
        }

        private void askOnce(Provider provider) throws ProviderException, InterruptedException {
            try {
                provider.stream(request, this);
                finish();
            } catch (ProviderException e) {
                observer.failed(provider.name(), e.kind());
                pass.failed(e.kind());
                throw e;
            }
        }

        @Override
        public void accept(ModelPiece piece) {
            if (piece instanceof ModelPiece.Finished finished) {
                end = Optional.of(finished); // may turn out to be no answer
                return;
            }
            if (!spoke && request.shows(piece)) {
                spoke = true;
                pass.spoke();
                String modelNow = link.model().get();
                if (!modelNow.equals(model)) {
                    announce(modelNow);
                }
            }
            sink.accept(piece);
        }

        /** An answer that goes on may have been at its end already; any other that is empty is none. */
        private void finish() throws ProviderException {
            if (!spoke && request.answerSoFar().isEmpty()) {
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
