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

/** A frame in which a gateway informs a client about its connection or answers a request. */
public sealed interface ServerFrame {

    /** The first frame of a connection. */
    record Connect(UserId userId, String connectionId, Instant timestamp, int heartbeatMs, Limits limits)
            implements ServerFrame {}

    /** The limits of one user over all gateways. */
    record Limits(int maxMessageChars, int maxAnswerChars, int messagesPerMinute, int maxStreams, int maxConnections) {}

    /** Kafka has acknowledged the command. The first events of the stream may arrive before this frame. */
    record StreamAcknowledged(MessageId messageId, SessionId sessionId, boolean duplicate) implements ServerFrame {}

    /** Kafka has acknowledged the stop, or the stream was already over. */
    record StopAcknowledged(MessageId messageId, SessionId sessionId, boolean alreadyCompleted)
            implements ServerFrame {}

    /** The past events of a resumed stream have been sent. {@code live} is false if the stream is over. */
    record Resumed(MessageId messageId, SessionId sessionId, long lastSeq, boolean live) implements ServerFrame {}

    /** The session was deleted. */
    record ConversationDeleted(SessionId sessionId) implements ServerFrame {}

    /** The connection follows the session now. */
    record SessionJoined(SessionId sessionId, List<ActiveStream> active) implements ServerFrame {}

    /**
     * A requested stream that is not over.
     *
     * @param aiMessageId absent while the stream is queued
     */
    record ActiveStream(MessageId messageId, @Nullable String aiMessageId, ActiveStatus status) {

        /** The message waits for its turn. */
        public static ActiveStream queued(MessageId message) {
            return new ActiveStream(message, null, ActiveStatus.QUEUED);
        }

        /** The stream is active. */
        public static ActiveStream streaming(MessageId message, String aiMessageId) {
            return new ActiveStream(message, aiMessageId, ActiveStatus.STREAMING);
        }
    }

    /** The state of a stream that is not over. */
    enum ActiveStatus {
        QUEUED,
        STREAMING;

        /** The wire name, in lower case. */
        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The new token is accepted. */
    record AuthOk(Instant expiresAt) implements ServerFrame {}

    /** Echoes the {@code t} of a ping. */
    record Pong(@Nullable JsonNode t) implements ServerFrame {}

    /** A request is refused. The connection stays open. */
    @JsonTypeName("error")
    record RequestRefused(
            ErrorCode code,
            String message,
            boolean retryable,
            @Nullable MessageId messageId,
            @Nullable SessionId sessionId,
            @Nullable Long retryAfterMs)
            implements ServerFrame {}

    /** The gateway shuts down. The close code 1012 follows. */
    record GoingAway(long reconnectInMs) implements ServerFrame {}
}
