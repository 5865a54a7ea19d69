package dev.parley.gateway.relay;

/** The result of resuming a stream. */
public enum ResumeResult {
    /** The connection gets every event after the seq, the frame {@code resumed} where the past ends, then live events. */
    RESUMED,
    /** No command and no record of the stream was read here, or all of it has left memory. */
    UNKNOWN,
    /** The stream is active, and events after the seq have left memory. The archive has them when the stream is over. */
    EVICTED,
    /** The seq is beyond what the stream has. */
    AHEAD,
    /** The connection already reads as many past streams as it may. */
    TOO_MANY_PAST_STREAMS
}
