package dev.parley.schema.connection;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a client may send over its socket. The HTTP calls of the same name take the {@code data} alone as their body. */
public sealed interface ClientFrame {

    /** Longest message, in UTF-16 units. */
    int MAX_MESSAGE_CHARS = 32_768;

    /** Answer a message. Its length is checked by the gateway, because too long has a code of its own. */
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

    /** End a stream with the text that it has. */
    record StopGeneration(MessageId messageId, SessionId sessionId) implements ClientFrame {}

    /**
     * Send everything of a stream after a seq, then what comes.
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

    /** See what this user's other tabs and devices start in a session. */
    record JoinSession(SessionId sessionId) implements ClientFrame {}

    /** See no more of a session. */
    record LeaveSession(SessionId sessionId) implements ClientFrame {}

    /** Renew the token in-band. */
    record Auth(String token) implements ClientFrame {

        @Override
        public String toString() {
            return "Auth[token=…]";
        }
    }

    /** Asks for a pong with the same {@code t}. */
    record Ping(@Nullable JsonNode t) implements ClientFrame {}
}
