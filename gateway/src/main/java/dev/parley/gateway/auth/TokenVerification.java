package dev.parley.gateway.auth;

/** What a token is worth. */
public sealed interface TokenVerification {

    record Accepted(Caller caller) implements TokenVerification {}

    /** @param reason for logs and for the client; nothing of the token is in it */
    record Refused(String reason) implements TokenVerification {}
}
