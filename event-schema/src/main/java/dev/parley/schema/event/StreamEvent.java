package dev.parley.schema.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An event that clients see. Its seq counts the accepted ones of its stream from 0 without a gap. */
public sealed interface StreamEvent extends ChatEvent {

    MessageId messageId();

    long seq();

    /** An event that ends its stream: exactly one a stream. Its text is the stream's content chunks joined. */
    sealed interface Terminal extends StreamEvent {
        String aiMessageId();

        /** When its writer made it, by its writer's clock. */
        Instant timestamp();

        /** The content chunks of the stream, joined. */
        String text();
    }

    /**
     * A stream begins.
     *
     * @param askedAt the time that the command's record bears; null in records of versions that did not say it
     */
    record StreamStart(
            MessageId messageId,
            long seq,
            SessionId sessionId,
            Instant timestamp,
            String aiMessageId,
            UserId userId,
            String message,
            @Nullable Instant askedAt,
            ChatContext context,
            StartMetadata metadata)
            implements StreamEvent {}

    /** What the answer is made from. Once a stream at the most. */
    record ContextInfo(MessageId messageId, long seq, SessionId sessionId, Instant timestamp, ContextUsed context)
            implements StreamEvent {}

    /** How the user seems to feel. Once a stream at the most. */
    record EmotionUpdate(MessageId messageId, long seq, SessionId sessionId, Instant timestamp, Emotion emotion)
            implements StreamEvent {}

    /** A step of the model's own reasoning. */
    record ThinkingChunk(MessageId messageId, long seq, ReasoningStep reasoningStep) implements StreamEvent {}

    /**
     * A piece of the answer.
     *
     * @param isCode whether the piece lies in fenced code, its fence lines included; absent on the wire if false
     * @param language on the first piece of a code block that names one
     */
    record ContentChunk(
            MessageId messageId,
            long seq,
            String content,

            @JsonProperty("is_code") @JsonInclude(JsonInclude.Include.NON_DEFAULT)
            boolean isCode,

            @Nullable String language)
            implements StreamEvent {}

    /** A new worker carries on. */
    record StreamResumed(MessageId messageId, long seq, SessionId sessionId, Instant timestamp, int attempt)
            implements StreamEvent {}

    /** The model is done. */
    record StreamComplete(
            MessageId messageId,
            long seq,
            SessionId sessionId,
            Instant timestamp,
            String aiMessageId,
            String fullContent,
            CompleteMetadata metadata,
            @JsonProperty("content_sha256") String contentSha256)
            implements Terminal {

        @Override
        public String text() {
            return fullContent;
        }
    }

    /** The answer cannot be finished. */
    record StreamError(
            MessageId messageId,
            long seq,
            SessionId sessionId,
            Instant timestamp,
            String aiMessageId,
            Failure error,
            String partialContent)
            implements Terminal {

        @Override
        public String text() {
            return partialContent;
        }
    }

    /** The user, or a later message of the session, ended it. */
    record GenerationStopped(
            MessageId messageId,
            long seq,
            SessionId sessionId,
            Instant timestamp,
            String aiMessageId,
            StopReason reason,
            String partialContent,
            StoppedMetadata metadata)
            implements Terminal {

        @Override
        public String text() {
            return partialContent;
        }
    }
}
