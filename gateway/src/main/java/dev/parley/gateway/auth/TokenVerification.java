package dev.parley.gateway.auth;

/** The result of verifying a token. */
public sealed interface TokenVerification {

    record Accepted(Caller caller) implements TokenVerification {}

    /** @param reason for logs and for the client; contains no part of the token */
    record Refused(String reason) implements TokenVerification {}
}
