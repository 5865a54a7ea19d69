package dev.parley.providers.chain;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.Provider;
import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives a provider up that is silent for too long before its first word. Reasoning that nobody asked for is no word, but a sign of
 * life: the time begins anew with each. After the first word there is no bound here.
 *
 * <p>The provider is asked on a thread of its own, so that it can be left alone at once whatever it does, and so that an interrupt of
 * the caller is never confused with one of ours. Pieces reach the sink from that thread, in order; none does after {@link #stream} is over.
 */
final class PunctualProvider implements Provider {

    private final Provider provider;
    private final Duration patience;
    private final Patience waiting;

    PunctualProvider(Provider provider, Duration patience) {
        this(provider, patience, signs -> signs.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS));
    }

    PunctualProvider(Provider provider, Duration patience, Patience waiting) {
        this.provider = provider;
        this.patience = patience;
        this.waiting = waiting;
    }

    /** How one sign of life is waited for. */
    interface Patience {
        /** @return whether it came in time */
        boolean awaitSign(Semaphore signs) throws InterruptedException;
    }

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException {
        Hearing hearing = new Hearing(request, sink);
        FutureTask<@Nullable Void> asking = asking(request, hearing);
        Thread.ofVirtual().name(Thread.currentThread().getName() + "-" + name()).start(asking);
        try {
            while (!hearing.isDecided()) {
                if (!waiting.awaitSign(hearing.signs) && hearing.closeUnlessDecided()) {
                    throw tooLate();
                }
            }
            asking.get();
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        } finally {
            hearing.close();
            asking.cancel(true);
        }
    }

    private FutureTask<@Nullable Void> asking(ModelRequest request, Hearing hearing) {
        return new FutureTask<>(() -> {
            provider.stream(request, hearing);
            return null;
        }) {
            @Override
            protected void done() {
                hearing.decided();
            }
        };
    }

    private ProviderException tooLate() {
        return new ProviderException(Kind.TIMEOUT, true, name() + " said nothing for " + patience.toMillis() + " ms");
    }

    private static ProviderException unwrapped(@Nullable Throwable cause) throws InterruptedException {
        switch (cause) {
            case ProviderException failure -> {
                return failure;
            }
            case InterruptedException interrupted -> throw interrupted;
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            case null, default -> throw new IllegalStateException("a provider throws nothing else", cause);
        }
    }

    private static final class Hearing implements Consumer<ModelPiece> {

        private final ModelRequest request;
        private final Consumer<ModelPiece> sink;
        private final Semaphore signs = new Semaphore(0);
        private volatile boolean decided;
        private boolean closed;

        Hearing(ModelRequest request, Consumer<ModelPiece> sink) {
            this.request = request;
            this.sink = sink;
        }

        /** Nobody decides against the provider once this is true. */
        boolean isDecided() {
            return decided;
        }

        void decided() {
            decided = true;
            signs.release();
        }

        @Override
        public synchronized void accept(ModelPiece piece) {
            if (closed) {
                throw new IllegalStateException("the request was ended before");
            }
            sink.accept(piece);
            if (request.shows(piece)) {
                decided();
            } else {
                signs.release();
            }
        }

        /** @return whether the provider has lost its turn: a word that came in the very last moment still counts */
        synchronized boolean closeUnlessDecided() {
            closed = !decided;
            return closed;
        }

        synchronized void close() {
            closed = true;
        }
    }
}
