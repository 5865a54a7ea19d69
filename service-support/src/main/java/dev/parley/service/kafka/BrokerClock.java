package dev.parley.service.kafka;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * The brokers' clock, as a process knows it that reads their records as they come: what such a record bears is the time a moment ago. So a
 * process whose own clock is hours off writes right times, to some milliseconds. Before the first record it is the process's own clock, and so
 * it is on topics that take writers' times. Thread-safe.
 */
public final class BrokerClock implements InstantSource {

    /** A record may come late: of those within such a time the one that came soonest counts. */
    static final Duration WINDOW = Duration.ofMinutes(1);

    private final InstantSource own;
    private final LongSupplier nanos;

    // guarded by this: the brokers' time minus the monotonic clock's, in ns
    private @Nullable Long current;
    private @Nullable Long previous;
    private long windowSince;

    /**
     * @param own for as long as nothing is known
     * @param nanos a clock that does not jump
     */
    public BrokerClock(InstantSource own, LongSupplier nanos) {
        this.own = own;
        this.nanos = nanos;
    }

    /** A record was read as soon as the broker gave it. */
    public void read(ConsumerRecord<?, ?> record) {
        if (record.timestampType() == TimestampType.LOG_APPEND_TIME) {
            observe(record.timestamp());
        }
    }

    private synchronized void observe(long brokerMs) {
        long now = nanos.getAsLong();
        if (current != null && now - windowSince > WINDOW.toNanos()) {
            previous = current;
            current = null;
        }
        long ahead = TimeUnit.MILLISECONDS.toNanos(brokerMs) - now;
        if (current == null) {
            windowSince = now;
            current = ahead;
        } else {
            current = Math.max(current, ahead);
        }
    }

    @Override
    public synchronized Instant instant() {
        if (current == null) {
            return own.instant();
        }
        long ahead = previous == null ? current : Math.max(current, previous);
        return Instant.ofEpochMilli(TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() + ahead));
    }
}
