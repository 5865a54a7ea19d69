package dev.parley.schema.command;

import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import java.time.Instant;

/** A value of {@code chat.commands}: what a client asked for, checked, and who asked, when, through which gateway. */
public sealed interface Command {

    UserId userId();

    SessionId sessionId();

    /** The gateway's clock when it took the command. */
    Instant submittedAt();

    /** The gateway that took it. */
    String gatewayId();

    default SessionKey sessionKey() {
        return new SessionKey(userId(), sessionId());
    }

    /** Answer a message. */
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

    /** End a stream with the text that it has; also one that has not started, or is not even known. */
    record StopGeneration(
            MessageId messageId, SessionId sessionId, UserId userId, Instant submittedAt, String gatewayId)
            implements Command {}

    /** End what runs in a session and forget all that was in it. */
    record DeleteConversation(SessionId sessionId, UserId userId, Instant submittedAt, String gatewayId)
            implements Command {}
}
