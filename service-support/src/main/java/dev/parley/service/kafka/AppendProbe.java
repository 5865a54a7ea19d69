package dev.parley.service.kafka;

import dev.parley.service.logging.RateLimitedLog;
import dev.parley.service.thread.ThreadWatch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.LoggerFactory;

/**
 * Appends a record without effect whenever {@link AppendHealth#isProbeDue}: one at a time, on a thread of its own.
 *
 * <p>Failures that Kafka's client reports are passed to the {@link AppendHealth}. Any other runtime exception is a bug: it is logged with its
 * stack trace, at most once a minute, and does not count as a failure of the brokers.
 */
public final class AppendProbe implements AutoCloseable {

    private static final Duration CHECK_EVERY = Duration.ofMillis(250);

    private final AppendHealth health;
    private final Supplier<CompletableFuture<?>> append;
    private final RateLimitedLog errors;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** As below, with a thread that is not watched. */
    public AppendProbe(String name, AppendHealth health, Supplier<CompletableFuture<?>> append) {
        this(name, health, append, ThreadWatch.none());
    }

    /**
     * @param name of the thread
     * @param append completes within a bounded time. It may block. It must not report its result to {@code health}; the probe does
     */
    public AppendProbe(String name, AppendHealth health, Supplier<CompletableFuture<?>> append, ThreadWatch required) {
        this(name, health, append, required, RateLimitedLog.errors(LoggerFactory.getLogger(AppendProbe.class)));
    }

    AppendProbe(
            String name,
            AppendHealth health,
            Supplier<CompletableFuture<?>> append,
            ThreadWatch required,
            RateLimitedLog errors) {
        this.health = health;
        this.append = append;
        this.errors = errors;
        Thread.ofVirtual().name(name).start(required.required(name, this::run, this::isClosed));
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void run() {
        try {
            while (!closed.await(CHECK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
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
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            if (!isBug(cause)) {
                health.failed(cause);
            } else if (!isClosed()) {
                errors.log(
                        cause.getClass().getName(),
                        "Unexpected error while a probe record was created or sent; it does not count as a failure of the brokers."
                                + " This is a bug, please report it: {}",
                        stackOf(cause));
            }
        }
    }

    /** Kafka's client reports failures as a {@link KafkaException} or a checked exception. */
    private static boolean isBug(Throwable failure) {
        return failure instanceof RuntimeException
                && !(failure instanceof KafkaException)
                && !(failure instanceof CancellationException);
    }

    private static String stackOf(Throwable failure) {
        StringWriter stack = new StringWriter();
        failure.printStackTrace(new PrintWriter(stack));
        return stack.toString();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
