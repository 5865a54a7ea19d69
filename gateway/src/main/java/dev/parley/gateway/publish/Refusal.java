package dev.parley.gateway.publish;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.connection.ServerFrame.RequestRefused;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is not done. The code says whether trying again may help.
 *
 * @param message for people; no text of the request is in it
 * @param retryAfterMs when to try again, if that is known
 */
public record Refusal(
        ErrorCode code, String message, @Nullable Long retryAfterMs) {

    public static Refusal of(ErrorCode code, String message) {
        return new Refusal(code, message, null);
    }

    /** The refusal as a frame for the one who asked. */
    public RequestRefused frame(@Nullable MessageId message, @Nullable SessionId session) {
        return new RequestRefused(code, this.message, code.retryable(), message, session, retryAfterMs);
    }
}
