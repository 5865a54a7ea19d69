package dev.parley.gateway.relay;

/**
 * Why the gateway closes a connection, with the close code on the wire. Codes below 4000 are those of the WebSocket standard. A client should
 * reconnect after all of them but {@link #POLICY}, {@link #CONTROL_FLOOD} and {@link #TOO_MANY_CONNECTIONS}; after {@link #TOKEN_EXPIRED} it
 * needs a new token.
 */
public enum CloseReason {
    UNSUPPORTED(1003, "binary frames are not supported"),
    POLICY(1008, "too many malformed frames"),
    CONTROL_FLOOD(1008, "too many ping and pong frames"),
    TOO_BIG(1009, "frame too big"),
    INTERNAL(1011, "internal error"),
    RESTART(1012, "this node restarts"),
    TOKEN_EXPIRED(4401, "token expired"),
    HEARTBEAT_LOST(4408, "heartbeat lost"),
    TOO_MANY_CONNECTIONS(4429, "too many connections"),
    READER_TOO_SLOW(4430, "reader too slow: reconnect and resume");

    private final int code;
    private final String text;

    CloseReason(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** The close code. */
    public int code() {
        return code;
    }

    /** The text of the close frame. */
    public String text() {
        return text;
    }
}
