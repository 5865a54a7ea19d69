package dev.parley.gateway.http;

import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/** Ends an HTTP request with problem details (RFC 9457). */
final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    /** @param detail for people; contains no text of the request */
    ProblemException(ErrorCode code, String detail) {
        this(Refusal.of(code, detail));
    }

    ProblemException(Refusal refusal) {
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    ErrorCode code() {
        return refusal.code();
    }

    Refusal refusal() {
        return refusal;
    }

    static HttpStatus status(ErrorCode code) {
        return switch (code) {
            case INVALID_MESSAGE_FORMAT -> HttpStatus.BAD_REQUEST;
            case MESSAGE_TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case UNAUTHORIZED -> HttpStatus.UNAUTHORIZED;
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
            case SESSION_NOT_FOUND, STREAM_NOT_FOUND -> HttpStatus.NOT_FOUND;
            case SESSION_BUSY -> HttpStatus.CONFLICT;
            case RATE_LIMIT_EXCEEDED, TOO_MANY_STREAMS -> HttpStatus.TOO_MANY_REQUESTS;
            case UNAVAILABLE, DATABASE_ERROR -> HttpStatus.SERVICE_UNAVAILABLE;
            case AI_PROVIDER_UNAVAILABLE,
                    GENERATION_TIMEOUT,
                    TOKEN_LIMIT_EXCEEDED,
                    WORKER_LOST,
                    CONTENT_FILTERED,
                    CONTEXT_RETRIEVAL_FAILED,
                    EMOTION_DETECTION_FAILED,
                    INTERNAL_ERROR -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
    }

    /** The refusal for a status that the web server or Spring answers with. */
    static Refusal refusal(HttpStatusCode status) {
        return switch (status.value()) {
            case 401 -> Refusal.of(ErrorCode.UNAUTHORIZED, "no valid token");
            case 403 -> Refusal.of(ErrorCode.FORBIDDEN, "not allowed");
            case 404 -> Refusal.of(ErrorCode.INVALID_MESSAGE_FORMAT, "no such path");
            case 405 -> Refusal.of(ErrorCode.INVALID_MESSAGE_FORMAT, "this path does not support the method");
            case 413 -> Refusal.of(ErrorCode.MESSAGE_TOO_LARGE, "the request is too large");
            case 503 -> Refusal.of(ErrorCode.UNAVAILABLE, "this node cannot serve the request now");
            default ->
                status.is4xxClientError()
                        ? Refusal.of(ErrorCode.INVALID_MESSAGE_FORMAT, "the request is malformed")
                        : Refusal.of(ErrorCode.INTERNAL_ERROR, "an unexpected error occurred");
        };
    }
}
