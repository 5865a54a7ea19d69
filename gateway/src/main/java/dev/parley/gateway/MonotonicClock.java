package dev.parley.gateway;

import java.util.concurrent.TimeUnit;

/** The monotonic clock of this process. */
public final class MonotonicClock {

    private MonotonicClock() {}

    /** Milliseconds since an arbitrary moment: only differences have a meaning. */
    public static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
