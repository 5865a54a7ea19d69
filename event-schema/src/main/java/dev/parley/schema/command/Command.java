package dev.parley.schema.command;

import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import java.time.Instant;

/** A value of {@code chat.commands}: a validated request of a client, with its user, time and gateway. */
public sealed interface Command {

    UserId userId();

    SessionId sessionId();

    /** When the gateway accepted the command, by the gateway's clock. */
    Instant submittedAt();

    /** The gateway that accepted the command. */
    String gatewayId();

    default SessionKey sessionKey() {
        return new SessionKey(userId(), sessionId());
    }

    /** Asks for an answer to a message. */
    record ChatStream(
            MessageId messageId,
            SessionId sessionId,
            UserId userId,
            String message,
            ChatContext context,
            OnBusy onBusy,
            Priority priority,
            Instant submittedAt,
            String gatewayId)
            implements Command {}

    /** Ends a stream with its text so far. The stream may not have started, or may be unknown. */
    record StopGeneration(
            MessageId messageId, SessionId sessionId, UserId userId, Instant submittedAt, String gatewayId)
            implements Command {}

    /** Ends the active streams of a session and deletes the session. */
    record DeleteConversation(SessionId sessionId, UserId userId, Instant submittedAt, String gatewayId)
            implements Command {}
}
