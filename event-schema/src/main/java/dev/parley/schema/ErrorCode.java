package dev.parley.schema;

/** Why a request was refused or a stream failed. docs/errors.md describes what a client should do for each code. */
public enum ErrorCode {
    INVALID_MESSAGE_FORMAT(false),
    MESSAGE_TOO_LARGE(false),
    UNAUTHORIZED(false),
    FORBIDDEN(false),
    SESSION_NOT_FOUND(false),
    STREAM_NOT_FOUND(false),
    SESSION_BUSY(true),
    RATE_LIMIT_EXCEEDED(true),
    TOO_MANY_STREAMS(true),
    UNAVAILABLE(true),
    AI_PROVIDER_UNAVAILABLE(true),
    GENERATION_TIMEOUT(true),
    TOKEN_LIMIT_EXCEEDED(false),
    WORKER_LOST(true),
    CONTENT_FILTERED(false),
    CONTEXT_RETRIEVAL_FAILED(true),
    EMOTION_DETECTION_FAILED(true),
    DATABASE_ERROR(true),
    INTERNAL_ERROR(true);

    private final boolean retryable;

    ErrorCode(boolean retryable) {
        this.retryable = retryable;
    }

    /** Whether the same request may succeed later. */
    public boolean retryable() {
        return retryable;
    }
}
