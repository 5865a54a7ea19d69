package dev.parley.gateway.publish;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.connection.ServerFrame.RequestRefused;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is refused. The code says whether a retry may help.
 *
 * @param message for people; contains no text of the request
 * @param retryAfterMs when to retry, null if unknown
 */
public record Refusal(
        ErrorCode code, String message, @Nullable Long retryAfterMs) {

    public static Refusal of(ErrorCode code, String message) {
        return new Refusal(code, message, null);
    }

    /** The refusal as a frame for the client. */
    public RequestRefused frame(@Nullable MessageId message, @Nullable SessionId session) {
        return new RequestRefused(code, this.message, code.retryable(), message, session, retryAfterMs);
    }
}
