package dev.parley.schema.connection;

import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a gateway tells a client about its connection and its requests. */
public sealed interface ServerFrame {

    /** The first frame. */
    record Connect(UserId userId, String connectionId, Instant timestamp, int heartbeatMs, Limits limits)
            implements ServerFrame {}

    /** What one user may do, over all gateways. */
    record Limits(int maxMessageChars, int maxAnswerChars, int messagesPerMinute, int maxStreams, int maxConnections) {}

    /** Kafka has the command. The first events may come before it. */
    record StreamAcknowledged(MessageId messageId, SessionId sessionId, boolean duplicate) implements ServerFrame {}

    /** Kafka has the stop, or the stream was over already. */
    record StopAcknowledged(MessageId messageId, SessionId sessionId, boolean alreadyCompleted)
            implements ServerFrame {}

    /** Here the past of a resumed stream ends; {@code live} is false when the stream is over. */
    record Resumed(MessageId messageId, SessionId sessionId, long lastSeq, boolean live) implements ServerFrame {}

    /** The session and all in it is gone. */
    record ConversationDeleted(SessionId sessionId) implements ServerFrame {}

    /** The socket now sees the session. */
    record SessionJoined(SessionId sessionId, List<ActiveStream> active) implements ServerFrame {}

    /**
     * A stream that was asked for and is not over.
     *
     * @param aiMessageId absent while it is queued
     */
    record ActiveStream(MessageId messageId, @Nullable String aiMessageId, ActiveStatus status) {

        /** It waits for its turn. */
        public static ActiveStream queued(MessageId message) {
            return new ActiveStream(message, null, ActiveStatus.QUEUED);
        }

        /** Its answer is under way. */
        public static ActiveStream streaming(MessageId message, String aiMessageId) {
            return new ActiveStream(message, aiMessageId, ActiveStatus.STREAMING);
        }
    }

    /** How far a stream is that is not over. */
    enum ActiveStatus {
        QUEUED,
        STREAMING;

        /** The name on the wire: lower case. */
        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The fresh token is taken. */
    record AuthOk(Instant expiresAt) implements ServerFrame {}

    /** What the ping held. */
    record Pong(@Nullable JsonNode t) implements ServerFrame {}

    /** A request is refused; the socket stays open. */
    @JsonTypeName("error")
    record RequestRefused(
            ErrorCode code,
            String message,
            boolean retryable,
            @Nullable MessageId messageId,
            @Nullable SessionId sessionId,
            @Nullable Long retryAfterMs)
            implements ServerFrame {}

    /** This node leaves; close code 1012 follows. */
    record GoingAway(long reconnectInMs) implements ServerFrame {}
}
