package dev.parley.schema.event;

import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;

/** A value of {@code chat.events}. */
public sealed interface ChatEvent permits StreamEvent, ChatEvent.Control, ChatEvent.ConversationDeleted {

    /** A record of the log protocol. It has no seq and is not sent to clients. */
    sealed interface Control extends ChatEvent permits StreamTakeover, StreamKeepalive, StreamReleased {
        MessageId messageId();
    }

    /** A new writer takes over a stream that is not over. */
    record StreamTakeover(MessageId messageId, SessionId sessionId, int attempt, String workerId) implements Control {}

    /** The writer of a stream without new events is alive. */
    record StreamKeepalive(MessageId messageId) implements Control {}

    /** The writer of a stream stops writing it. */
    record StreamReleased(MessageId messageId, String reason) implements Control {}

    /** Everything before it in the session is deleted. It belongs to no stream. */
    record ConversationDeleted(SessionId sessionId) implements ChatEvent {}
}
