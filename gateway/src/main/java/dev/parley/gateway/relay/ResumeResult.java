package dev.parley.gateway.relay;

/** What came of a wish to resume a stream. */
public enum ResumeResult {
    /** Everything after the seq follows, then {@code resumed}, then what comes. */
    RESUMED,
    /** Nobody has heard of the stream, or it is older than what is kept in memory. */
    UNKNOWN,
    /** It runs, and what follows the seq is not kept in memory any more: all of it can be read when it is over. */
    FORGOTTEN,
    /** The stream has not come as far as the client says it has. */
    AHEAD,
    /** The connection reads as many old streams already as it may. */
    BUSY
}
