package dev.parley.gateway.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** When the events of a replay are due: at once, or with the original gaps divided by a speed. */
final class ReplayPace {

    private final double speed;
    private final long maxGapMs;
    private final LongSupplier nanoTime;
    private boolean started;
    private long lastRecordedMs;
    private long dueNanos;

    private ReplayPace(double speed, long maxGapMs, LongSupplier nanoTime) {
        this.speed = speed;
        this.maxGapMs = maxGapMs;
        this.nanoTime = nanoTime;
    }

    static ReplayPace atOnce() {
        return new ReplayPace(Double.POSITIVE_INFINITY, 0, () -> 0);
    }

    /**
     * @param speed 1 for the original gaps, more for shorter ones
     * @param maxGap longest wait between two events
     */
    static ReplayPace of(double speed, Duration maxGap, LongSupplier nanoTime) {
        return new ReplayPace(speed, maxGap.toMillis(), nanoTime);
    }

    /** How many ms to wait before the event with this record time. Waits count from the first event, so that errors do not add up. */
    long waitBefore(long recordedMs) {
        if (Double.isInfinite(speed)) {
            return 0;
        }
        long now = nanoTime.getAsLong();
        if (!started) {
            started = true;
            dueNanos = now;
        } else {
            double gapMs = Math.min(Math.max(0, recordedMs - lastRecordedMs) / speed, maxGapMs);
            dueNanos += (long) (gapMs * TimeUnit.MILLISECONDS.toNanos(1));
        }
        lastRecordedMs = recordedMs;
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(dueNanos - now));
    }
}
