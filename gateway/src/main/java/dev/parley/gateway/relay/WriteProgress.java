package dev.parley.gateway.relay;

/**
 * Measures whether a reader takes the data that waits for it. A reader is too slow if it took fewer than {@code minBytes} in {@code periodMs}
 * while data waited all that time. Neither the amount of waiting data nor the size of one frame matters.
 *
 * <p>Times are milliseconds of a monotonic clock. Thread-safe.
 */
public final class WriteProgress {

    private final int minBytes;
    private final long periodMs;
    private long lastWriting;
    /** The number of the current writing, 0 while no data waits. */
    private long writing;

    private long periodStartMs;
    private long takenInPeriod;
    private long lastTakenMs;

    /**
     * @param minBytes what a reader must take in each period
     * @param periodMs length of a period
     */
    public WriteProgress(int minBytes, long periodMs) {
        this.minBytes = minBytes;
        this.periodMs = periodMs;
    }

    /**
     * Data waits for the reader from now on.
     *
     * @return the number of this writing, for {@link #finished}
     */
    public synchronized long started(long nowMs) {
        periodStartMs = nowMs;
        lastTakenMs = nowMs;
        takenInPeriod = 0;
        writing = ++lastWriting;
        return writing;
    }

    /** The reader took so many bytes. */
    public synchronized void taken(int bytes, long nowMs) {
        lastTakenMs = nowMs;
        takenInPeriod += bytes;
        if (takenInPeriod >= minBytes) {
            periodStartMs = nowMs;
            takenInPeriod = 0;
        }
    }

    /** The reader has taken all data of this writing. Has no effect if a later one has started. */
    public synchronized void finished(long number) {
        if (writing == number) {
            writing = 0;
        }
    }

    public synchronized boolean isTooSlow(long nowMs) {
        return writing != 0 && nowMs - periodStartMs > periodMs;
    }

    /** Whether data waits and the reader has taken nothing for longer than this. */
    public synchronized boolean isStuck(long nowMs, long forMs) {
        return writing != 0 && nowMs - lastTakenMs > forMs;
    }
}
