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
final class FirstWordLimitProvider implements Provider {

    private final Provider provider;
    private final Duration limit;
    private final LongSupplier nanos;

    FirstWordLimitProvider(Provider provider, Duration limit) {
        this(provider, limit, System::nanoTime);
    }

    FirstWordLimitProvider(Provider provider, Duration limit, LongSupplier nanos) {
        this.provider = provider;
        this.limit = limit;
        this.nanos = nanos;
    }

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException {
        TimeLimit time = new TimeLimit(limit, nanos);
        LimitedSink limited = new LimitedSink(request, sink, time);
        String thread = Thread.currentThread().getName() + "-" + name();
        TimedCall<Boolean> call = TimedCall.start(thread, time, () -> {
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
                            Kind.TIMEOUT, true, name() + " said nothing for " + limit.toMillis() + " ms");
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
        private final TimeLimit time;
        private boolean hasSpoken;
        private boolean closed;

        LimitedSink(ModelRequest request, Consumer<ModelPiece> sink, TimeLimit time) {
            this.request = request;
            this.sink = sink;
            this.time = time;
        }

        @Override
        public synchronized void accept(ModelPiece piece) {
            if (closed) {
                throw new IllegalStateException("the request has ended");
            }
            sink.accept(piece);
            if (request.shows(piece)) {
                hasSpoken = true;
                time.lift();
            } else {
                time.renew();
            }
        }

        /** @return false if there was a first word, however late */
        synchronized boolean closeBeforeFirstWord() {
            closed = !hasSpoken;
            return closed;
        }

        @Override
        public synchronized void close() {
            closed = true;
        }
    }
}
