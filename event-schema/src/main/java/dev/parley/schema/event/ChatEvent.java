package dev.parley.schema.event;

import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;

/** A value of {@code chat.events}. */
public sealed interface ChatEvent permits StreamEvent, ChatEvent.Control, ChatEvent.ConversationDeleted {

    /** A record of the log protocol: never sent to clients, without a seq. */
    sealed interface Control extends ChatEvent permits StreamTakeover, StreamKeepalive, StreamReleased {
        MessageId messageId();
    }

    /** A new writer takes a stream that is not over. */
    record StreamTakeover(MessageId messageId, SessionId sessionId, int attempt, String workerId) implements Control {}

    /** The writer of a silent stream lives. */
    record StreamKeepalive(MessageId messageId) implements Control {}

    /** The writer of a stream gives it up. */
    record StreamReleased(MessageId messageId, String reason) implements Control {}

    /** All that came before it in the session is to be forgotten. It belongs to no stream. */
    record ConversationDeleted(SessionId sessionId) implements ChatEvent {}
}
