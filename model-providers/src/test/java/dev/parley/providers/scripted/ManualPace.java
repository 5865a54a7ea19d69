package dev.parley.providers.scripted;

/** Time that passes only by sleeping, and always a little more than asked for. */
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

    /** Time alone never ends a sleep without end: then whoever slept is interrupted. */
    @Override
    public void sleep(long nanos) throws InterruptedException {
        if (nanos > Long.MAX_VALUE / 2) {
            throw new InterruptedException();
        }
        now += nanos + overshootNanos;
    }
}
