package dev.parley.gateway.relay;

/** What a gateway knows of a stream. */
public enum StreamState {
    /** No command and no record of it was seen. */
    NO,
    /** Asked for, or under way. */
    UNDER_WAY,
    /** It has its terminal event. */
    OVER
}
