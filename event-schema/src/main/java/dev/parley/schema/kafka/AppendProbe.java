package dev.parley.schema.kafka;

import dev.parley.schema.thread.ThreadWatch;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Appends a record that changes nothing whenever {@link AppendHealth#isProbeDue}; one at a time, on a thread of its own. */
public final class AppendProbe implements AutoCloseable {

    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private final AppendHealth health;
    private final Supplier<CompletableFuture<?>> append;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** As below, where nothing depends on it. */
    public AppendProbe(String name, AppendHealth health, Supplier<CompletableFuture<?>> append) {
        this(name, health, append, ThreadWatch.none());
    }

    /** @param append completes within a bounded time; may block, and must not tell the outcome to {@code health}: this does */
    public AppendProbe(String name, AppendHealth health, Supplier<CompletableFuture<?>> append, ThreadWatch required) {
        this.health = health;
        this.append = append;
        Thread.ofVirtual().name(name).start(required.required(name, this::run, () -> closed.getCount() == 0));
    }

    private void run() {
        try {
            while (!closed.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                if (health.isProbeDue()) {
                    probe();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void probe() {
        try {
            append.get().join();
            health.succeeded();
        } catch (RuntimeException e) {
            health.failed(e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
