package dev.parley.engine.stream;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The message that a stream answers.
 *
 * @param askedAt the time of the message's record; null if it has none
 */
public record Turn(
        UserId user,
        SessionId session,
        MessageId messageId,
        String message,
        @Nullable Instant askedAt,
        ChatContext context) {
    public static Turn of(ChatStream command, @Nullable Instant askedAt) {
        return new Turn(
                command.userId(),
                command.sessionId(),
                command.messageId(),
                command.message(),
                askedAt,
                command.context());
    }
}
