package dev.parley.store.turn;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.Emotion;
import dev.parley.schema.event.ReasoningStep;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Entry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A user's message and its answer so far, as the accepted events of its stream say. Immutable. */
public record Turn(
        StreamId stream, SessionKey session, Question question, Answer answer, Trace trace, Outcome outcome) {

    /** A document has to fit into MongoDB's 16 MiB: text beyond this is left out, and the turn is degraded. */
    public static final int MAX_CONTENT_CHARS = 3_000_000;

    /** As {@link #MAX_CONTENT_CHARS}, for the thoughts of an answer together. */
    public static final int MAX_THINKING_CHARS = 1_000_000;

    /**
     * What the user asked.
     *
     * @param askedAt the time of the command's record; null in records of versions that did not have it
     * @param at when the answer began
     */
    public record Question(
            String message, ChatContext context, @Nullable Instant askedAt, Instant at) {}

    /** The answer; the text is kept however it ended. */
    public record Answer(
            String aiMessageId,
            @Nullable StartMetadata metadata,
            AnswerText text,
            Chain<ReasoningStep> thinking,
            int thinkingChars,
            @Nullable Emotion emotion,
            @Nullable ContextUsed context) {

        public static Answer empty(String aiMessageId, @Nullable StartMetadata metadata) {
            return new Answer(aiMessageId, metadata, AnswerText.EMPTY, Chain.empty(), 0, null, null);
        }

        public Answer withText(AnswerText next) {
            return new Answer(aiMessageId, metadata, next, thinking, thinkingChars, emotion, context);
        }

        public Answer plusThought(ReasoningStep step) {
            int chars = thinkingChars + step.description().length();
            return new Answer(aiMessageId, metadata, text, thinking.plus(step), chars, emotion, context);
        }

        public Answer withEmotion(Emotion next) {
            return new Answer(aiMessageId, metadata, text, thinking, thinkingChars, next, context);
        }

        public Answer withContext(ContextUsed next) {
            return new Answer(aiMessageId, metadata, text, thinking, thinkingChars, emotion, next);
        }
    }

    /**
     * The records that made the turn.
     *
     * @param folded the highest offset that the writer of the start had folded; {@link Entry.Start#NOT_STATED} if the start does not say
     * @param lastOffset of the last record that changed the turn
     * @param lastTime of that record
     * @param events accepted ones with a seq
     * @param degraded whether a part could not be read or kept, or contradicts another
     */
    public record Trace(
            int partition,
            long firstOffset,
            long folded,
            long lastOffset,
            Instant lastTime,
            long events,
            int attempts,
            boolean degraded) {

        public static Trace begin(LogPosition start, long folded, boolean degraded) {
            return new Trace(start.partition(), start.offset(), folded, start.offset(), start.time(), 1, 1, degraded);
        }

        /** After an accepted event with a seq. */
        public Trace plusEvent(LogPosition event, boolean nowDegraded) {
            return changedBy(event, events + 1, attempts, nowDegraded);
        }

        /** After a record without a seq. */
        public Trace movedTo(LogPosition record, int attempt, boolean nowDegraded) {
            return changedBy(record, events, attempt, nowDegraded);
        }

        private Trace changedBy(LogPosition record, long newEvents, int newAttempts, boolean nowDegraded) {
            return new Trace(
                    partition,
                    firstOffset,
                    folded,
                    record.offset(),
                    record.time(),
                    newEvents,
                    newAttempts,
                    degraded || nowDegraded);
        }
    }

    public boolean isOver() {
        return outcome instanceof Outcome.Over;
    }

    public boolean isDeleted() {
        return outcome instanceof Outcome.Deleted;
    }

    /** How much text it holds in memory, in UTF-16 units. */
    public long heldChars() {
        return (long) answer.text().held() + answer.thinkingChars();
    }

    /** Without its content. */
    public Turn deleted(LogPosition deletion) {
        return new Turn(
                stream,
                session,
                new Question("", ChatContext.NONE, null, question.at()),
                Answer.empty("", null),
                trace.movedTo(deletion, trace.attempts(), false),
                new Outcome.Deleted(deletion.time()));
    }
}
