package dev.parley.engine.writer;

import dev.parley.engine.stream.Written;
import java.time.Duration;

/** Is told how streams go. */
public interface WriterObserver {
    /**
     * The run has written the stream's end.
     *
     * @param provider who was asked last, or was to be asked
     */
    void ended(Written written, String provider);

    /** Between two chunks of a stream that the log has, both of this run. */
    void chunkGap(String provider, Duration gap);

    /**
     * A stream that was to be stopped has its end.
     *
     * @param latency from the stop reaching the run to the terminal event in the log; a run that is there only to end a stopped stream has
     *     the stop from its beginning
     */
    void stopped(Duration latency);
}
