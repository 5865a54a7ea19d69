package dev.parley.gateway.relay;

/** What came of a wish to resume a stream. */
public enum Resumption {
    /** Everything after the seq follows, then {@code resumed}, then what comes. */
    RESUMED,
    /** Nobody has heard of the stream, or it is older than what is kept in memory. */
    UNKNOWN,
    /** The stream has not come as far as the client says it has. */
    AHEAD,
    /** The connection reads as many old streams already as it may. */
    BUSY
}
