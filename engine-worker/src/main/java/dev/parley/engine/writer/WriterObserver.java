package dev.parley.engine.writer;

import dev.parley.engine.stream.Written;
import java.time.Duration;

/** Receives what stream writers do, for metrics. */
public interface WriterObserver {
    /**
     * A writer has written its stream's end.
     *
     * @param provider the one that was asked last, or was to be asked
     */
    void ended(Written written, String provider);

    /** The time between two chunks that a writer appended, as they were acknowledged. */
    void chunkGap(String provider, Duration gap);

    /**
     * A stream that was to be stopped has its end.
     *
     * @param latency from the stop reaching the writer to the terminal event in the log; a writer that was started to end a stopped stream
     *     has had the stop since its own start
     */
    void stopped(Duration latency);
}
