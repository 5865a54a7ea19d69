package dev.parley.engine.stream;

import dev.parley.providers.ProviderException;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.Failure;

/** The failures of a stream, with the messages that users see. */
public final class Failures {
    static final Failure FIRST_TOKEN = timeout("The model did not begin to answer in time.");
    static final Failure IDLE = timeout("The model stopped in the middle of its answer.");
    static final Failure TOTAL = timeout("The answer took too long.");
    static final Failure WORKER_LOST =
            new Failure(ErrorCode.WORKER_LOST, "The worker that wrote this answer was lost.", null, true);
    public static final Failure INTERNAL =
            new Failure(ErrorCode.INTERNAL_ERROR, "Something went wrong on our side.", null, true);
    public static final Failure NO_END =
            new Failure(ErrorCode.AI_PROVIDER_UNAVAILABLE, "The model's answer has no end.", null, true);

    private Failures() {}

    public static Failure of(ProviderException e) {
        String message = e.getMessage() == null ? "The model's service failed." : e.getMessage();
        return switch (e.kind()) {
            case TIMEOUT -> new Failure(ErrorCode.GENERATION_TIMEOUT, message, null, true);
            case CONTENT_FILTERED -> new Failure(ErrorCode.CONTENT_FILTERED, message, null, false);
            case TOKEN_LIMIT -> new Failure(ErrorCode.TOKEN_LIMIT_EXCEEDED, message, null, false);
            case UNAVAILABLE, RATE_LIMITED, BAD_RESPONSE, EMPTY_ANSWER ->
                new Failure(ErrorCode.AI_PROVIDER_UNAVAILABLE, message, null, true);
            case UNAUTHORIZED, REJECTED -> new Failure(ErrorCode.AI_PROVIDER_UNAVAILABLE, message, null, false);
        };
    }

    static Failure refusal(ErrorCode code) {
        String message = switch (code) {
            case SESSION_BUSY -> "An earlier message of this session is still being answered.";
            case TOO_MANY_STREAMS -> "Too many answers are being written for you at once.";
            default -> "This message cannot be answered.";
        };
        return new Failure(code, message, null, code.retryable());
    }

    private static Failure timeout(String message) {
        return new Failure(ErrorCode.GENERATION_TIMEOUT, message, null, true);
    }
}
