package dev.parley.providers.call;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A limit of time that begins when it is made. It can begin again, and it can be lifted. Thread-safe. */
public final class TimeLimit {

    private final Duration limit;
    private final LongSupplier nanos;
    private volatile long deadline;
    private volatile boolean lifted;

    public TimeLimit(Duration limit) {
        this(limit, System::nanoTime);
    }

    /** @param nanos the time, in nanoseconds since any moment */
    public TimeLimit(Duration limit, LongSupplier nanos) {
        this.limit = limit;
        this.nanos = nanos;
        renew();
    }

    /** Begins again from now. */
    public void renew() {
        deadline = nanos.getAsLong() + limit.toNanos();
    }

    /** Ends the limit: time is never up from now on. */
    public void lift() {
        lifted = true;
    }

    boolean isLifted() {
        return lifted;
    }

    /** Zero or less if time is up. */
    long nanosLeft() {
        long until = deadline;
        return until - nanos.getAsLong();
    }
}
