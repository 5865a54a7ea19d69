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
 * An estimate of the brokers' clock, from the timestamps of records that were read as soon as they were written. A process whose own clock is
 * wrong can therefore write correct times, to some milliseconds. Until the first such record, and on topics without {@code
 * message.timestamp.type=LogAppendTime}, it is the process's own clock. Thread-safe.
 */
public final class BrokerClock implements InstantSource {

    /** Records arrive with different delays: of those within this time, the one with the smallest delay counts. */
    static final Duration WINDOW = Duration.ofMinutes(1);

    private final InstantSource own;
    private final LongSupplier nanos;

    // guarded by this: the brokers' time minus the monotonic clock's, in ns
    private @Nullable Long current;
    private @Nullable Long previous;
    private long windowSince;

    /**
     * @param own the process's clock, used until the first record
     * @param nanos a monotonic clock
     */
    public BrokerClock(InstantSource own, LongSupplier nanos) {
        this.own = own;
        this.nanos = nanos;
    }

    /** To be called for each record, as soon as it was read. */
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
