package dev.parley.providers;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A model service did not answer, or broke off. The message is for users and logs: no key, no address, no text of a user. */
public final class ProviderException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final boolean retryable;
    private final @Nullable Duration retryAfter;

    /** What went wrong, as far as it matters to us. */
    public enum Kind {
        /** No connection, a server error, or a broken stream. */
        UNAVAILABLE,
        RATE_LIMITED,
        /** The service itself gave up waiting. */
        TIMEOUT,
        /** The service refused the text. */
        CONTENT_FILTERED,
        /** The prompt is too long for the model. */
        TOKEN_LIMIT,
        /** The service does not accept our key. */
        UNAUTHORIZED,
        /** The service refused the request as such: unknown model, or something in it that it does not take. */
        REJECTED,
        /** What came back cannot be read. */
        BAD_RESPONSE,
        /** The model ended without a word. */
        EMPTY_ANSWER
    }

    public ProviderException(Kind kind, boolean retryable, String message) {
        this(kind, retryable, null, message, null);
    }

    /** @param retryAfter what the service asks for, or null */
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

    /** Whether the same request may succeed a little later, before anything was said. */
    public boolean retryable() {
        return retryable;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
