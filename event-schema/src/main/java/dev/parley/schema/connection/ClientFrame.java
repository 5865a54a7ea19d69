package dev.parley.schema.connection;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A frame that a client may send over its WebSocket. The HTTP requests of the same name have only the {@code data} as their body. */
public sealed interface ClientFrame {

    /** The maximal length of a message, in UTF-16 units. */
    int MAX_MESSAGE_CHARS = 32_768;

    /** Asks for an answer to a message. The gateway checks the length, because there is a separate error code for it. */
    record ChatStream(
            MessageId messageId,
            SessionId sessionId,
            String message,
            @Nullable ChatContext context,
            @Nullable OnBusy onBusy,
            @Nullable Priority priority)
            implements ClientFrame {

        /** @throws IllegalArgumentException if there is no message */
        public ChatStream {
            if (message.isEmpty()) {
                throw new IllegalArgumentException("a message has at least one character");
            }
        }
    }

    /** Ends a stream with its text so far. */
    record StopGeneration(MessageId messageId, SessionId sessionId) implements ClientFrame {}

    /**
     * Asks for the events of a stream after a seq, and for the later ones as they come.
     *
     * @param afterSeq the last seq that the client has; absent or -1 for none
     */
    record Resume(
            SessionId sessionId,
            MessageId messageId,
            @Nullable Long afterSeq) implements ClientFrame {

        /** @throws IllegalArgumentException if the seq is below -1 */
        public Resume {
            if (afterSeq != null && afterSeq < -1) {
                throw new IllegalArgumentException("after_seq is -1 or more");
            }
        }

        public long afterSeqOrNone() {
            return afterSeq == null ? -1 : afterSeq;
        }
    }

    /** Follows a session: streams that other connections of the user start are sent, too. */
    record JoinSession(SessionId sessionId) implements ClientFrame {}

    /** Stops following a session. */
    record LeaveSession(SessionId sessionId) implements ClientFrame {}

    /** Renews the token of the connection. */
    record Auth(String token) implements ClientFrame {

        @Override
        public String toString() {
            return "Auth[token=…]";
        }
    }

    /** Asks for a {@code pong} with the same {@code t}. */
    record Ping(@Nullable JsonNode t) implements ClientFrame {}
}
