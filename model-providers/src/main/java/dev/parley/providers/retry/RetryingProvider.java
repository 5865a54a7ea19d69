package dev.parley.providers.retry;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.Provider;
import dev.parley.providers.ProviderException;
import dev.parley.service.logging.RateLimitedLog;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.slf4j.LoggerFactory;

/**
 * Repeats a request that failed for a reason that may be temporary, unless a piece of the answer has been shown already: that is never
 * taken back.
 */
public final class RetryingProvider implements Provider {

    private static final RateLimitedLog WARNINGS =
            RateLimitedLog.warnings(LoggerFactory.getLogger(RetryingProvider.class));

    private final Provider provider;
    private final RetryPolicy policy;
    private final Waiting waiting;
    private final DoubleSupplier random;
    private final RateLimitedLog warnings;

    public RetryingProvider(Provider provider, RetryPolicy policy) {
        this(provider, policy, Thread::sleep, () -> ThreadLocalRandom.current().nextDouble(), WARNINGS);
    }

    RetryingProvider(
            Provider provider, RetryPolicy policy, Waiting waiting, DoubleSupplier random, RateLimitedLog warnings) {
        this.provider = provider;
        this.policy = policy;
        this.waiting = waiting;
        this.random = random;
        this.warnings = warnings;
    }

    /** Waits between attempts. */
    interface Waiting {
        void sleep(Duration time) throws InterruptedException;
    }

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException {
        ShownSink shown = new ShownSink(request, sink);
        for (int attempt = 1; ; attempt++) {
            try {
                provider.stream(request, shown);
                return;
            } catch (ProviderException failure) {
                if (shown.hasShown || !failure.retryable() || attempt >= policy.attempts()) {
                    throw failure;
                }
                Duration delay = delayAfter(attempt, failure);
                warnings.log(
                        "retry: " + failure.getMessage(),
                        "{}; it is asked again, attempt {} of {}, in {} ms",
                        String.valueOf(failure.getMessage()),
                        attempt + 1,
                        policy.attempts(),
                        delay.toMillis());
                waiting.sleep(delay);
            }
        }
    }

    private Duration delayAfter(int attempt, ProviderException failure) throws ProviderException {
        Duration ours = policy.delayAfter(attempt, random.getAsDouble());
        Duration theirs = failure.retryAfter();
        if (theirs == null || theirs.compareTo(ours) < 0) {
            return ours;
        }
        if (theirs.compareTo(policy.maxDelay()) > 0) {
            throw failure;
        }
        return theirs;
    }

    private static final class ShownSink implements Consumer<ModelPiece> {

        private final ModelRequest request;
        private final Consumer<ModelPiece> sink;
        private boolean hasShown;

        ShownSink(ModelRequest request, Consumer<ModelPiece> sink) {
            this.request = request;
            this.sink = sink;
        }

        @Override
        public void accept(ModelPiece piece) {
            hasShown |= request.shows(piece);
            sink.accept(piece);
        }
    }
}
