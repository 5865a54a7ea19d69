package dev.parley.projection.reader;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The waits between attempts to write while the store fails: each twice as long as the one before, up to a bound. Not thread-safe. */
final class WriteBackoff {

    private final Duration first;
    private final Duration most;
    private @Nullable Wait wait;

    private record Wait(long untilNanos, Duration length) {}

    WriteBackoff(Duration first, Duration most) {
        this.first = first;
        this.most = most;
    }

    /** Whether the last attempt failed. */
    boolean isActive() {
        return wait != null;
    }

    boolean isWaiting(long nowNanos) {
        return wait != null && nowNanos - wait.untilNanos() < 0;
    }

    void failed(long nowNanos) {
        Duration length = wait == null ? first : next(wait.length());
        wait = new Wait(nowNanos + length.toNanos(), length);
    }

    void succeeded() {
        wait = null;
    }

    private Duration next(Duration length) {
        Duration twice = length.multipliedBy(2);
        return twice.compareTo(most) < 0 ? twice : most;
    }
}
