package dev.parley.service.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a process can read a topic. It cannot when no broker has answered its reader for longer than a bound, or when reading has failed
 * repeatedly for that long. A topic without new records is no failure, because fetches are answered all the same. Thread-safe.
 */
public final class ReadHealth {

    /** Reading works again after this time without a failure. */
    static final Duration QUIET = Duration.ofSeconds(5);

    private final String topic;
    private final Duration bound;
    private final LongSupplier nanos;

    // guarded by this
    private long answeredAt;
    private long failedAt;
    private @Nullable Long failingSince;
    private String failure = "";

    /** @param nanos a monotonic clock */
    public ReadHealth(String topic, Duration bound, LongSupplier nanos) {
        this.topic = topic;
        this.bound = bound;
        this.nanos = nanos;
        this.answeredAt = nanos.getAsLong();
    }

    /** To be called when a broker has answered, or when there are no partitions to read. */
    public synchronized void answered() {
        answeredAt = nanos.getAsLong();
        if (failingSince != null && answeredAt - failedAt > QUIET.toNanos()) {
            failingSince = null;
        }
    }

    /** To be called when reading has failed. */
    public synchronized void failed(Throwable cause) {
        failedAt = nanos.getAsLong();
        failure = cause.getClass().getSimpleName();
        if (failingSince == null) {
            failingSince = failedAt;
        }
    }

    /** Why this process cannot read; empty if no failure is known. */
    public synchronized Optional<String> reason() {
        long now = nanos.getAsLong();
        if (failingSince != null && now - failingSince > bound.toNanos()) {
            return Optional.of("reading topic " + topic + " fails with " + failure
                    + "; grant this user READ and DESCRIBE on it, and check the brokers");
        }
        return now - answeredAt > bound.toNanos()
                ? Optional.of("no broker has answered fetches of topic " + topic + " for more than " + bound.toMillis()
                        + " ms; check the brokers and the network to them")
                : Optional.empty();
    }
}
