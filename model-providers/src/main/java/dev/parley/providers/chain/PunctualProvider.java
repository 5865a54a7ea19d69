package dev.parley.providers.chain;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.Provider;
import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.call.TimeLimit;
import dev.parley.providers.call.TimedCall;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits how long a provider may be silent before its first word. Reasoning that was not asked for does not count as a word, but shows
 * that the model works: the time begins again with each piece of it. After the first word there is no limit here.
 *
 * <p>The provider runs on a thread of its own, so that it can be abandoned at once whatever it does, and so that an interrupt of the
 * caller is never confused with the one that ends the call. Pieces reach the sink from that thread, in order; none does after
 * {@link #stream} has returned or thrown.
 */
final class PunctualProvider implements Provider {

    private final Provider provider;
    private final Duration patience;
    private final LongSupplier nanos;

    PunctualProvider(Provider provider, Duration patience) {
        this(provider, patience, System::nanoTime);
    }

    PunctualProvider(Provider provider, Duration patience, LongSupplier nanos) {
        this.provider = provider;
        this.patience = patience;
        this.nanos = nanos;
    }

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException {
        TimeLimit limit = new TimeLimit(patience, nanos);
        LimitedSink limited = new LimitedSink(request, sink, limit);
        String thread = Thread.currentThread().getName() + "-" + name();
        TimedCall<Boolean> call = TimedCall.start(thread, limit, () -> {
            provider.stream(request, limited);
            return true;
        });
        try (call;
                limited) {
            await(call, limited);
        }
    }

    private void await(TimedCall<Boolean> call, LimitedSink sink) throws ProviderException, InterruptedException {
        while (true) {
            try {
                call.await();
                return;
            } catch (TimeoutException e) {
                if (sink.closeBeforeFirstWord()) {
                    throw new ProviderException(
                            Kind.TIMEOUT, true, name() + " said nothing for " + patience.toMillis() + " ms");
                }
            } catch (ExecutionException e) {
                throw unwrapped(e.getCause());
            }
        }
    }

    private static ProviderException unwrapped(@Nullable Throwable cause) throws InterruptedException {
        switch (cause) {
            case ProviderException failure -> {
                return failure;
            }
            case InterruptedException interrupted -> throw interrupted;
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            case null, default -> throw new IllegalStateException("a provider must not throw this", cause);
        }
    }

    /** Lifts the limit at the first word. */
    private static final class LimitedSink implements Consumer<ModelPiece>, AutoCloseable {

        private final ModelRequest request;
        private final Consumer<ModelPiece> sink;
        private final TimeLimit limit;
        private boolean spoke;
        private boolean closed;

        LimitedSink(ModelRequest request, Consumer<ModelPiece> sink, TimeLimit limit) {
            this.request = request;
            this.sink = sink;
            this.limit = limit;
        }

        @Override
        public synchronized void accept(ModelPiece piece) {
            if (closed) {
                throw new IllegalStateException("the request was ended before");
            }
            sink.accept(piece);
            if (request.shows(piece)) {
                spoke = true;
                limit.lift();
            } else {
                limit.renew();
            }
        }

        /** @return false if there was a first word, however late */
        synchronized boolean closeBeforeFirstWord() {
            closed = !spoke;
            return closed;
        }

        @Override
        public synchronized void close() {
            closed = true;
        }
    }
}
