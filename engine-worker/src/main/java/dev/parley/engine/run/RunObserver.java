package dev.parley.engine.run;

import dev.parley.engine.stream.Written;
import java.time.Duration;

/** Is told how streams go. */
public interface RunObserver {
    /** The run has written the stream's end. */
    void ended(Written written);

    /** From the moment this worker knew of a stop to its terminal event in the log. */
    void stopped(Duration latency);
}
