package dev.parley.engine.run;

import dev.parley.engine.stream.Written;
import java.time.Duration;

/** Is told how streams go. */
public interface RunObserver {
    /**
     * The run has written the stream's end.
     *
     * @param provider who was asked last, or was to be asked
     */
    void ended(Written written, String provider);

    /** Between two chunks of a stream that the log has, both of this run. */
    void chunkGap(String provider, Duration gap);

    /** From the moment this worker knew of a stop to its terminal event in the log. */
    void stopped(Duration latency);
}
