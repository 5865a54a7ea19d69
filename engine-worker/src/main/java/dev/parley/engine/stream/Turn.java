package dev.parley.engine.stream;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;

/** The question that a stream answers. */
public record Turn(UserId user, SessionId session, MessageId messageId, String message, ChatContext context) {
    public static Turn of(ChatStream command) {
        return new Turn(
                command.userId(), command.sessionId(), command.messageId(), command.message(), command.context());
    }
}
