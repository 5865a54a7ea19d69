package dev.parley.schema.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An event that is sent to clients. The seqs of the accepted events of a stream count from 0 without a gap. */
public sealed interface StreamEvent extends ChatEvent {

    MessageId messageId();

    long seq();

    /** The event that ends its stream. Each stream has exactly one. */
    sealed interface Terminal extends StreamEvent {
        String aiMessageId();

        /** When the worker created the event, by its estimate of the brokers' clock. */
        Instant timestamp();

        /** The text of all content chunks of the stream. */
        String text();
    }

    /**
     * A stream begins.
     *
     * @param askedAt the timestamp of the command's record; null in records of older versions
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

    /** The context of the answer. At most once per stream. */
    record ContextInfo(MessageId messageId, long seq, SessionId sessionId, Instant timestamp, ContextUsed context)
            implements StreamEvent {}

    /** The user's estimated emotion. At most once per stream. */
    record EmotionUpdate(MessageId messageId, long seq, SessionId sessionId, Instant timestamp, Emotion emotion)
            implements StreamEvent {}

    /** A step of the model's reasoning. */
    record ThinkingChunk(MessageId messageId, long seq, ReasoningStep reasoningStep) implements StreamEvent {}

    /**
     * A piece of the answer.
     *
     * @param isCode whether the text is in fenced code, including the fence lines; absent on the wire if false
     * @param language on the first chunk of a code block that names a language
     */
    record ContentChunk(
            MessageId messageId,
            long seq,
            String content,

            @JsonProperty("is_code") @JsonInclude(JsonInclude.Include.NON_DEFAULT)
            boolean isCode,

            @Nullable String language)
            implements StreamEvent {}

    /** Another worker continues the stream. */
    record StreamResumed(MessageId messageId, long seq, SessionId sessionId, Instant timestamp, int attempt)
            implements StreamEvent {}

    /** The model has finished the answer. */
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

    /** The answer could not be finished. */
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

    /** The user or a later message of the session stopped the answer. */
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
