package dev.parley.providers;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A model service did not answer, or broke off. The message is shown to users and logged: it contains no key, no address and no text
 * of a user.
 */
public final class ProviderException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final boolean retryable;
    private final @Nullable Duration retryAfter;

    /** The cause, as far as callers treat causes differently. */
    public enum Kind {
        /** No connection, a server error, or a broken stream. */
        UNAVAILABLE,
        RATE_LIMITED,
        /** No answer in time: our limit, or the service's own. */
        TIMEOUT,
        /** The service refused the text. */
        CONTENT_FILTERED,
        /** The prompt is too long for the model. */
        TOKEN_LIMIT,
        /** The service does not accept the key. */
        UNAUTHORIZED,
        /** The service does not accept the request: for example, it does not have the model. */
        REJECTED,
        /** The response cannot be read. */
        BAD_RESPONSE,
        /** The answer has no text. */
        EMPTY_ANSWER
    }

    public ProviderException(Kind kind, boolean retryable, String message) {
        this(kind, retryable, null, message, null);
    }

    /** @param retryAfter how long the service asks to wait, or null */
    public ProviderException(
            Kind kind, boolean retryable, @Nullable Duration retryAfter, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryable = retryable;
        this.retryAfter = retryAfter;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the same request may succeed a little later. */
    public boolean retryable() {
        return retryable;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
