package dev.parley.gateway.relay;

/** The state of a stream, as far as this gateway has read the log. */
public enum StreamState {
    /** Neither a command nor a record of the stream was read. */
    UNKNOWN,
    /** It was requested, or has begun, and has no terminal event. */
    ACTIVE,
    /** It has its terminal event. */
    ENDED
}
