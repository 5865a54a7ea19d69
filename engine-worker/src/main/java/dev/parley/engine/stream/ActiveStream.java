package dev.parley.engine.stream;

import dev.parley.schema.event.StopReason;

/** A stream being written under one claim, as the desk sees it. None of it blocks. */
public interface ActiveStream {
    /** No offset. */
    long NOTHING_WRITTEN = -1;

    StreamTask task();

    /** Ends the stream with the text that the log has. Again and after the end: nothing. */
    void stop(StopReason reason);

    /** The log has this run's start or takeover as the one that counts; what it has of the stream is {@code written}. */
    void claimConfirmed(Written written, long elapsedMs);

    /** The log has another writer for the stream, or its end. */
    void claimSuperseded();

    /** Gives the stream up to whoever takes it. */
    void release(String reason);

    /** Whether nobody knows if a record of it came to the log, so that its claim is spent. */
    boolean claimUncertain();

    /** The offset of the last record that it knows to be in the log; {@link #NOTHING_WRITTEN} if there is none. */
    long lastOffset();
}
