package dev.parley.gateway.relay;

/**
 * Whether a reader takes what waits for it. A reader is too slow if it took fewer than {@code minBytes} in {@code withinMs} while something
 * waited for it all that time. How much waits does not count, and neither does how long one large frame takes.
 *
 * <p>Times are milliseconds on a clock that never jumps. Thread-safe.
 */
public final class WriteProgress {

    private final int minBytes;
    private final long withinMs;

    private long waits;

    /** What the last call of {@link #waits} gave, or 0 while nothing waits. */
    private long waiting;

    private long windowSinceMs;
    private long takenInWindow;
    private long lastTakenMs;

    /**
     * @param minBytes what a reader must take
     * @param withinMs in this time
     */
    public WriteProgress(int minBytes, long withinMs) {
        this.minBytes = minBytes;
        this.withinMs = withinMs;
    }

    /**
     * Something waits for the reader from now on.
     *
     * @return for {@link #rests}
     */
    public synchronized long waits(long nowMs) {
        windowSinceMs = nowMs;
        lastTakenMs = nowMs;
        takenInWindow = 0;
        waiting = ++waits;
        return waits;
    }

    /** The reader took so many bytes. */
    public synchronized void took(int bytes, long nowMs) {
        lastTakenMs = nowMs;
        takenInWindow += bytes;
        if (takenInWindow >= minBytes) {
            windowSinceMs = nowMs;
            takenInWindow = 0;
        }
    }

    /** The reader has taken everything that waited for it since that call of {@link #waits}. */
    public synchronized void rests(long since) {
        if (waiting == since) {
            waiting = 0;
        }
    }

    /** Whether the reader is too slow. */
    public synchronized boolean isTooSlow(long nowMs) {
        return waiting != 0 && nowMs - windowSinceMs > withinMs;
    }

    /** Whether something has waited for longer than this, and the reader has taken nothing meanwhile. */
    public synchronized boolean isStuck(long nowMs, long forMs) {
        return waiting != 0 && nowMs - lastTakenMs > forMs;
    }
}
