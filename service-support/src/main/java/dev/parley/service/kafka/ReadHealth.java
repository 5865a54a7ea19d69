package dev.parley.service.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a process can read a topic all the time: not once no broker has answered its reader for longer than a bound, nor once reading has
 * failed again and again for so long. A topic without new records is no failure: fetches are answered all the same. Thread-safe.
 */
public final class ReadHealth {

    /** Without a failure for so long, failures are over. */
    static final Duration QUIET = Duration.ofSeconds(5);

    private final String topic;
    private final Duration bound;
    private final LongSupplier nanos;

    // guarded by this
    private long answeredAt;
    private long failedAt;
    private @Nullable Long failingSince;
    private String failure = "";

    /** @param nanos a clock that does not jump */
    public ReadHealth(String topic, Duration bound, LongSupplier nanos) {
        this.topic = topic;
        this.bound = bound;
        this.nanos = nanos;
        this.answeredAt = nanos.getAsLong();
    }

    /** A broker has answered, or there is nothing to be read and so nobody to answer. */
    public synchronized void answered() {
        answeredAt = nanos.getAsLong();
        if (failingSince != null && answeredAt - failedAt > QUIET.toNanos()) {
            failingSince = null;
        }
    }

    /** Reading has failed. */
    public synchronized void failed(Throwable cause) {
        failedAt = nanos.getAsLong();
        failure = cause.getClass().getSimpleName();
        if (failingSince == null) {
            failingSince = failedAt;
        }
    }

    /** Why this process cannot read; empty if it can, as far as is known. */
    public synchronized Optional<String> reason() {
        long now = nanos.getAsLong();
        if (failingSince != null && now - failingSince > bound.toNanos()) {
            return Optional.of("reading " + topic + " fails with " + failure
                    + "; allow this user READ and DESCRIBE on it, and look at the brokers");
        }
        return now - answeredAt > bound.toNanos()
                ? Optional.of("no broker has answered for more than " + bound.toMillis() + " ms when asked for " + topic
                        + "; look at the brokers and at the network to them")
                : Optional.empty();
    }
}
