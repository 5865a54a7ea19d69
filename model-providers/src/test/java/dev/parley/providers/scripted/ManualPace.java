package dev.parley.providers.scripted;

/** Time that passes only in {@link #sleep}, and always a little more than requested. */
final class ManualPace implements Pace {

    private final long overshootNanos;
    private long now = 1_000;

    ManualPace(long overshootNanos) {
        this.overshootNanos = overshootNanos;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    /** A sleep without an end is interrupted. */
    @Override
    public void sleep(long nanos) throws InterruptedException {
        if (nanos > Long.MAX_VALUE / 2) {
            throw new InterruptedException();
        }
        now += nanos + overshootNanos;
    }
}
