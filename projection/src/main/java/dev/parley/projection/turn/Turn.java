package dev.parley.projection.turn;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.Emotion;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.ReasoningStep;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.ContextInfo;
import dev.parley.schema.event.StreamEvent.EmotionUpdate;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.StreamResumed;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Entry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A user's message and its answer so far, made of a stream's accepted events and nothing else. Immutable. */
public record Turn(
        StreamId stream, SessionKey session, Question question, Answer answer, Trace trace, Outcome outcome) {

    /** A document has to fit into MongoDB's 16 MiB: what would not is left out, and the turn is degraded. */
    public static final int MAX_CONTENT_CHARS = 3_000_000;

    public static final int MAX_THINKING_CHARS = 1_000_000;

    /**
     * What was asked.
     *
     * @param askedAt the time of the command's record; null in records of versions that did not say it
     * @param at when the answer began
     */
    public record Question(
            String message, ChatContext context, @Nullable Instant askedAt, Instant at) {}

    /** What was answered; the text is kept however the answer ended. */
    public record Answer(
            String aiMessageId,
            @Nullable StartMetadata metadata,
            AnswerText text,
            Chain<ReasoningStep> thinking,
            int thinkingChars,
            @Nullable Emotion emotion,
            @Nullable ContextUsed context) {

        static Answer empty(String aiMessageId, @Nullable StartMetadata metadata) {
            return new Answer(aiMessageId, metadata, AnswerText.EMPTY, Chain.empty(), 0, null, null);
        }

        Answer withText(AnswerText next) {
            return new Answer(aiMessageId, metadata, next, thinking, thinkingChars, emotion, context);
        }

        Answer plusThought(ReasoningStep step) {
            int chars = thinkingChars + step.description().length();
            return new Answer(aiMessageId, metadata, text, thinking.plus(step), chars, emotion, context);
        }

        Answer withEmotion(Emotion next) {
            return new Answer(aiMessageId, metadata, text, thinking, thinkingChars, next, context);
        }

        Answer withContext(ContextUsed next) {
            return new Answer(aiMessageId, metadata, text, thinking, thinkingChars, emotion, next);
        }
    }

    /**
     * Where in the log it comes from.
     *
     * @param folded the highest offset that the writer of the start had folded; {@link Entry.Start#NOT_STATED} if the start does not say
     * @param lastOffset of the last record that changed the turn
     * @param lastTime of that record
     * @param events accepted ones with a seq
     * @param degraded whether something of it could not be read or kept, or contradicts itself
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

        static Trace begin(Place place, long folded, boolean degraded) {
            return new Trace(place.partition(), place.offset(), folded, place.offset(), place.time(), 1, 1, degraded);
        }

        Trace plusEvent(Place place, boolean nowDegraded) {
            return new Trace(
                    partition,
                    firstOffset,
                    folded,
                    place.offset(),
                    place.time(),
                    events + 1,
                    attempts,
                    degraded || nowDegraded);
        }

        Trace movedTo(Place place, int attempt, boolean nowDegraded) {
            return new Trace(
                    partition,
                    firstOffset,
                    folded,
                    place.offset(),
                    place.time(),
                    events,
                    attempt,
                    degraded || nowDegraded);
        }
    }

    /** @param folded the highest offset that the writer of the start had folded */
    static Turn begin(SessionKey session, StreamStart start, Place place, long folded) {
        return new Turn(
                new StreamId(session.user(), start.messageId()),
                session,
                new Question(start.message(), start.context(), start.askedAt(), timeOf(start, place)),
                Answer.empty(start.aiMessageId(), start.metadata()),
                Trace.begin(place, folded, false),
                new Outcome.Streaming());
    }

    /**
     * The times of a turn are those of its records, which are the brokers'. A start of a version that did not say {@code asked_at} has its
     * writer's time instead, and so has the end of its stream: then documents that such a version wrote stay as they are.
     */
    private static Instant timeOf(StreamStart start, Place place) {
        return start.askedAt() == null ? start.timestamp() : place.time();
    }

    /** A turn whose start counts and cannot be read. */
    static Turn beginUnread(StreamId stream, SessionKey session, Place place, long folded) {
        return new Turn(
                stream,
                session,
                new Question("", ChatContext.NONE, null, place.time()),
                Answer.empty("", null),
                Trace.begin(place, folded, true),
                new Outcome.Streaming());
    }

    public boolean isOver() {
        return outcome instanceof Outcome.Over;
    }

    /** How much of it is held in memory. */
    long heldChars() {
        return (long) answer.text().held() + answer.thinkingChars();
    }

    /**
     * With the next accepted event.
     *
     * @param room whether its text may be held. Without, an answer's text is counted only, until the end brings it; a thought is
     *     lost, and shows as degraded
     */
    Turn plus(StreamEvent event, Place place, boolean room) {
        return switch (event) {
            case ContentChunk chunk -> plusContent(chunk.content(), place, room);
            case ThinkingChunk thought -> plusThought(thought.reasoningStep(), place, room);
            case EmotionUpdate update -> plus(answer.withEmotion(update.emotion()), place);
            case ContextInfo info -> plus(answer.withContext(info.context()), place);
            case StreamStart _, StreamResumed _ -> plusNothing(place, false);
            case Terminal end -> ended(end, place);
        };
    }

    /** With an accepted event that says nothing to this reader: of an unknown type, or unreadable. */
    Turn plusNothing(Place place, boolean degraded) {
        return with(answer, trace.plusEvent(place, degraded), outcome);
    }

    /** With a terminal event whose value cannot be read: over all the same. */
    Turn endedUnread(Place place) {
        var failure = new Failure(ErrorCode.INTERNAL_ERROR, "The end of this answer cannot be read.", null, false);
        return with(asHeld(), trace.plusEvent(place, true), new Outcome.Failed(notBeforeBegin(place.time()), failure));
    }

    /** What is held of the text is all that there will be. */
    private Answer asHeld() {
        return answer.withText(AnswerText.of(answer.text().joined()));
    }

    Turn takenOver(int attempt, Place place) {
        return with(answer, trace.movedTo(place, attempt, false), outcome);
    }

    /** Without an end of its own for too long. */
    Turn givenUp(Place place) {
        var failure = new Failure(ErrorCode.WORKER_LOST, "This answer has no end in the log.", null, true);
        Trace moved = trace.movedTo(place, trace.attempts(), !answer.text().isComplete());
        return with(asHeld(), moved, new Outcome.Failed(notBeforeBegin(place.time()), failure));
    }

    /** Without its content, which nothing brings back. */
    public Turn forgotten(Place place) {
        return new Turn(
                stream,
                session,
                new Question("", ChatContext.NONE, null, question.at()),
                Answer.empty("", null),
                trace.movedTo(place, trace.attempts(), false),
                new Outcome.Forgotten(place.time()));
    }

    private Turn plusContent(String chunk, Place place, boolean room) {
        AnswerText text = answer.text();
        if (text.length() + chunk.length() > MAX_CONTENT_CHARS) {
            return with(answer, trace.plusEvent(place, true), outcome);
        }
        return plus(answer.withText(room ? text.plus(chunk) : text.plusUnheld(chunk)), place);
    }

    private Turn plusThought(ReasoningStep step, Place place, boolean room) {
        boolean fits = room && answer.thinkingChars() + step.description().length() <= MAX_THINKING_CHARS;
        Answer next = fits ? answer.plusThought(step) : answer;
        return with(next, trace.plusEvent(place, !fits), outcome);
    }

    private Turn plus(Answer next, Place place) {
        return with(next, trace.plusEvent(place, false), outcome);
    }

    /**
     * The chunks are the text. An end that says something else does not change it, but shows that something is wrong. Where there
     * was no room for the chunks, the end's text is theirs if it is as long.
     */
    private Turn ended(Terminal end, Place place) {
        AnswerText chunks = answer.text();
        boolean fromEnd = !chunks.isComplete() && end.text().length() == chunks.length();
        String text = fromEnd ? end.text() : chunks.joined();
        boolean agrees = end.text().equals(text)
                && !(end instanceof StreamComplete complete
                        && !complete.contentSha256().equals(ContentSha256.of(text)));
        Instant at = endOf(end, place);
        Outcome over = switch (end) {
            case StreamComplete complete -> new Outcome.Complete(at, complete.metadata());
            case StreamError error -> new Outcome.Failed(at, error.error());
            case GenerationStopped stopped -> new Outcome.Stopped(at, stopped.reason(), stopped.metadata());
        };
        return with(answer.withText(AnswerText.of(text)), trace.plusEvent(place, !agrees), over);
    }

    /** As {@link #timeOf}; never before the begin, whatever clocks said. */
    private Instant endOf(Terminal end, Place place) {
        return notBeforeBegin(question.askedAt() == null ? end.timestamp() : place.time());
    }

    private Instant notBeforeBegin(Instant time) {
        return time.isBefore(question.at()) ? question.at() : time;
    }

    private Turn with(Answer nextAnswer, Trace nextTrace, Outcome nextOutcome) {
        return new Turn(stream, session, question, nextAnswer, nextTrace, nextOutcome);
    }
}
