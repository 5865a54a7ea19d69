package dev.parley.projection.turn;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.ReasoningStep;
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
import dev.parley.store.turn.AnswerText;
import dev.parley.store.turn.LogPosition;
import dev.parley.store.turn.Outcome;
import dev.parley.store.turn.Turn;
import java.time.Instant;

/** What accepted records do to a turn. */
final class TurnEvents {

    private TurnEvents() {}

    /** @param folded the highest offset that the writer of the start had folded */
    static Turn begin(SessionKey session, StreamStart start, LogPosition at, long folded) {
        return new Turn(
                new StreamId(session.user(), start.messageId()),
                session,
                new Turn.Question(start.message(), start.context(), start.askedAt(), beginOf(start, at)),
                Turn.Answer.empty(start.aiMessageId(), start.metadata()),
                Turn.Trace.begin(at, folded, false),
                new Outcome.Streaming());
    }

    /**
     * The times of a turn are those of its records, which are the brokers'. Starts of older versions lack {@code asked_at}; their turns keep
     * the times in their events, so that documents of those versions stay the same.
     */
    private static Instant beginOf(StreamStart start, LogPosition at) {
        return start.askedAt() == null ? start.timestamp() : at.time();
    }

    /** A turn whose start is accepted and cannot be read. */
    static Turn beginUnread(StreamId stream, SessionKey session, LogPosition at, long folded) {
        return new Turn(
                stream,
                session,
                new Turn.Question("", ChatContext.NONE, null, at.time()),
                Turn.Answer.empty("", null),
                Turn.Trace.begin(at, folded, true),
                new Outcome.Streaming());
    }

    /**
     * The turn after an accepted event.
     *
     * @param room whether its text may be held. If not, an answer's text is only counted, and taken from the terminal event; a thought is left
     *     out, and the turn is degraded
     */
    static Turn after(Turn turn, StreamEvent event, LogPosition at, boolean room) {
        return switch (event) {
            case ContentChunk chunk -> plusContent(turn, chunk.content(), at, room);
            case ThinkingChunk thought -> plusThought(turn, thought.reasoningStep(), at, room);
            case EmotionUpdate update -> with(turn, turn.answer().withEmotion(update.emotion()), at, false);
            case ContextInfo info -> with(turn, turn.answer().withContext(info.context()), at, false);
            case StreamStart _, StreamResumed _ -> afterUnread(turn, at, false);
            case Terminal end -> ended(turn, end, at);
        };
    }

    /** The turn after an accepted event that has nothing for it: of an unknown type, or unreadable. */
    static Turn afterUnread(Turn turn, LogPosition at, boolean degraded) {
        return with(turn, turn.answer(), at, degraded);
    }

    /** The turn after a terminal event whose value cannot be read. */
    static Turn endedUnread(Turn turn, LogPosition at) {
        var failure = new Failure(ErrorCode.INTERNAL_ERROR, "The end of this answer cannot be read.", null, false);
        return with(
                turn,
                heldAnswer(turn),
                turn.trace().plusEvent(at, true),
                new Outcome.Failed(notBeforeBegin(turn, at.time()), failure));
    }

    /** With what is held of the text as the whole text. */
    private static Turn.Answer heldAnswer(Turn turn) {
        return turn.answer().withText(AnswerText.of(turn.answer().text().joined()));
    }

    /** The turn after a takeover by that attempt. */
    static Turn takenOver(Turn turn, int attempt, LogPosition at) {
        return with(turn, turn.answer(), turn.trace().movedTo(at, attempt, false), turn.outcome());
    }

    /** The turn of a stream that has had no end for too long. */
    static Turn givenUp(Turn turn, LogPosition at) {
        var failure = new Failure(ErrorCode.WORKER_LOST, "This answer has no end in the log.", null, true);
        boolean degraded = !turn.answer().text().isComplete();
        return with(
                turn,
                heldAnswer(turn),
                turn.trace().movedTo(at, turn.trace().attempts(), degraded),
                new Outcome.Failed(notBeforeBegin(turn, at.time()), failure));
    }

    private static Turn plusContent(Turn turn, String chunk, LogPosition at, boolean room) {
        AnswerText text = turn.answer().text();
        if (text.length() + chunk.length() > Turn.MAX_CONTENT_CHARS) {
            return with(turn, turn.answer(), at, true);
        }
        return with(turn, turn.answer().withText(room ? text.plus(chunk) : text.plusUnheld(chunk)), at, false);
    }

    private static Turn plusThought(Turn turn, ReasoningStep step, LogPosition at, boolean room) {
        int chars = turn.answer().thinkingChars() + step.description().length();
        boolean fits = room && chars <= Turn.MAX_THINKING_CHARS;
        return with(turn, fits ? turn.answer().plusThought(step) : turn.answer(), at, !fits);
    }

    /**
     * The chunks are the text: an end with another text does not change it, but makes the turn degraded. If there was no room for all chunks,
     * the end's text is taken for theirs if it has the same length.
     */
    private static Turn ended(Turn turn, Terminal end, LogPosition at) {
        AnswerText chunks = turn.answer().text();
        boolean fromEnd = !chunks.isComplete() && end.text().length() == chunks.length();
        String text = fromEnd ? end.text() : chunks.joined();
        boolean agrees = end.text().equals(text)
                && !(end instanceof StreamComplete complete
                        && !complete.contentSha256().equals(ContentSha256.of(text)));
        Instant time = endOf(turn, end, at);
        Outcome over = switch (end) {
            case StreamComplete complete -> new Outcome.Complete(time, complete.metadata());
            case StreamError error -> new Outcome.Failed(time, error.error());
            case GenerationStopped stopped -> new Outcome.Stopped(time, stopped.reason(), stopped.metadata());
        };
        return with(
                turn, turn.answer().withText(AnswerText.of(text)), turn.trace().plusEvent(at, !agrees), over);
    }

    /** As {@link #beginOf}; never before the begin, because clocks of older versions' writers may differ. */
    private static Instant endOf(Turn turn, Terminal end, LogPosition at) {
        return notBeforeBegin(turn, turn.question().askedAt() == null ? end.timestamp() : at.time());
    }

    private static Instant notBeforeBegin(Turn turn, Instant time) {
        return time.isBefore(turn.question().at()) ? turn.question().at() : time;
    }

    private static Turn with(Turn turn, Turn.Answer answer, LogPosition event, boolean degraded) {
        return with(turn, answer, turn.trace().plusEvent(event, degraded), turn.outcome());
    }

    private static Turn with(Turn turn, Turn.Answer answer, Turn.Trace trace, Outcome outcome) {
        return new Turn(turn.stream(), turn.session(), turn.question(), answer, trace, outcome);
    }
}
