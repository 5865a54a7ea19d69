package dev.parley.standalone;

import dev.parley.embedded.Embedded;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The embedded broker and store of this process. The first call of {@link #begin} starts them, in parallel with the services.
 * Thread-safe.
 */
final class EmbeddedStart {

    private final Supplier<Embedded> start;
    private @Nullable CompletableFuture<Embedded> begun;

    /** @param start returns when both accept requests */
    EmbeddedStart(Supplier<Embedded> start) {
        this.start = start;
    }

    /** Starts them in the background if no earlier call has. Does not wait. */
    synchronized CompletableFuture<Embedded> begin() {
        CompletableFuture<Embedded> starting = begun;
        if (starting == null) {
            starting = CompletableFuture.supplyAsync(
                    start, task -> Thread.ofPlatform().name("embedded-start").start(task));
            begun = starting;
        }
        return starting;
    }

    /** Waits until both have started. */
    Embedded join() {
        return begin().join();
    }

    /** Closes them if they were started; starts nothing. */
    void close() {
        CompletableFuture<Embedded> starting = begunOrNull();
        if (starting != null) {
            starting.join().close();
        }
    }

    private synchronized @Nullable CompletableFuture<Embedded> begunOrNull() {
        return begun;
    }
}
