package dev.parley.engine.metrics;

import java.time.Duration;

/**
 * How much a worker had to do a moment ago.
 *
 * @param running streams that it writes
 * @param waiting streams that could run if there were room
 * @param readPartitions partitions that it reads, as their owner and as a standby
 * @param unfinished messages that are known and not answered, whatever they wait for
 * @param unfinishedChars their text, in UTF-16 units
 * @param oldestNotStarted how long it has known the oldest message of its own partitions that no worker has started; zero without one
 * @param unreadKib records that were read and are not folded yet, in KiB
 */
public record WorkerLoad(
        int running,
        int waiting,
        int readPartitions,
        int unfinished,
        long unfinishedChars,
        Duration oldestNotStarted,
        int unreadKib) {
    public static final WorkerLoad NONE = new WorkerLoad(0, 0, 0, 0, 0, Duration.ZERO, 0);
}
