package dev.parley.engine.stream;

import dev.parley.schema.event.StopReason;

/** A stream that is being written under one claim, as the coordinator sees it. No method blocks. */
public interface ActiveStream {
    /** No offset. */
    long NOTHING_WRITTEN = -1;

    StreamTask task();

    /** Ends the stream with the text that the log has. Has no effect the second time, and after the end. */
    void stop(StopReason reason);

    /**
     * The log shows this claim as the current one.
     *
     * @param written what the log has of the stream
     * @param elapsedMs since the stream's start
     */
    void claimConfirmed(Written written, long elapsedMs);

    /** The log shows another claim as the current one, or the stream's end. */
    void claimSuperseded();

    /** Gives the stream up, so that another worker takes it over. */
    void release(String reason);

    /** Whether it is unknown if a record of it is in the log, so that its claim is not used again. */
    boolean claimUncertain();

    /** The offset of its last record that is known to be in the log; {@link #NOTHING_WRITTEN} if there is none. */
    long lastOffset();
}
