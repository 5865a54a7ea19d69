package dev.parley.engine.stream;

import dev.parley.engine.stream.Pending.Attempt;
import dev.parley.engine.stream.Pending.Ending;
import dev.parley.engine.stream.Pending.Found;
import dev.parley.engine.stream.Pending.Question;
import dev.parley.providers.AskedModel;
import dev.parley.providers.ModelPiece;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.Emotion;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.ContextInfo;
import dev.parley.schema.event.StreamEvent.EmotionUpdate;
import dev.parley.schema.event.StreamEvent.StreamResumed;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stream as its writer knows it: what is in the log or on its way there, and what waits to be written.
 *
 * <p>The writer appends one event after the other: {@link #decide}, {@link #evolve}, and so on. Text that comes in before the next event is
 * decided is joined, so a slow log makes chunks longer and does not slow down the model. Immutable.
 */
public record StreamState(Turn turn, Limits limits, Written written, Pending pending) {
    /** A stream that is not started. */
    public static StreamState initial(Turn turn, Limits limits) {
        return new StreamState(turn, limits, Written.NOTHING, Pending.NOTHING);
    }

    /** A stream as another writer left it. */
    public static StreamState resumed(Turn turn, Limits limits, Written written) {
        return new StreamState(turn, limits, written, Pending.NOTHING);
    }

    /** Something happened. After an end it is ignored; a stop ends the stream even if the model is done and not all of it is written. */
    public StreamState receive(Input input) {
        if (written.isOver() || pending.stopped()) {
            return this;
        }
        return switch (input) {
            case Input.Started started -> with(pending.withStart(started));
            case Input.TakenOver takenOver -> with(pending.with(new Attempt(takenOver.attempt(), written.hasSpoken())));
            case Input.Asked asked ->
                with(pending.with(
                        new Question(asked.promptTokens(), pending.question().model())));
            case Input.Answering answering -> answering(answering.model());
            case Input.ContextFound found -> written.hasContext() ? this : withContext(found.context());
            case Input.EmotionFound found -> written.once().emotion() ? this : withEmotion(found.emotion());
            case Input.AbilityFound(AbilityUpdated ability) ->
                with(pending.with(
                        new Found(pending.found().context(), pending.found().emotion(), ability)));
            case Input.Generated said -> pending.ending() == null ? receivePiece(said.piece()) : this;
            case Input.Failed failed ->
                pending.ending() == null ? with(pending.with(new Ending.Failed(failed.failure()))) : this;
            case Input.Stopped stopped -> with(pending.with(new Ending.Stopped(stopped.reason())));
        };
    }

    /** The provider that was asked last, or that is to be asked first; empty before the start. */
    public String provider() {
        AskedModel asked = pending.question().model();
        if (asked != null) {
            return asked.provider();
        }
        StreamStart start = written.start();
        return start == null ? "" : start.metadata().provider();
    }

    /** Whether it is known how the stream ends, so that nothing more is wanted of the model. */
    public boolean isDecided() {
        return written.isOver() || pending.ending() != null;
    }

    /** Whether the model has said anything, written or not. */
    public boolean hasSpoken() {
        return written.hasSpoken() || hasUnwrittenText();
    }

    /** Whether the model has said something that is not written. */
    public boolean hasUnwrittenText() {
        return !pending.text().isEmpty();
    }

    /** The next event to append, if there is one. */
    public Optional<StreamEvent> decide(Moment now) {
        return Optional.ofNullable(new Composer(this, now).next());
    }

    /**
     * The event is in the log, or on its way there.
     *
     * @param elapsedMs since the stream's start, when it was decided
     */
    public StreamState evolve(StreamEvent event, long elapsedMs) {
        Pending rest = switch (event) {
            case StreamStart _ -> pending.withStart(null);
            case StreamResumed _ -> pending.with(new Attempt(pending.attempt().number(), false));
            case ContextInfo _ -> withContext(null).pending();
            case EmotionUpdate _ -> withEmotion(null).pending();
            case ContentChunk e ->
                pending.withContent(
                        without(pending.text().content(), e.content().length()));
            case ThinkingChunk e ->
                pending.withThinking(without(
                        pending.text().thinking(),
                        e.reasoningStep().description().length()));
            case Terminal _ -> pending;
        };
        return new StreamState(turn, limits, written.evolve(event, elapsedMs), rest);
    }

    private StreamState receivePiece(ModelPiece piece) {
        return switch (piece) {
            case ModelPiece.Content content -> receiveContent(content.text());
            case ModelPiece.Thinking thinking -> receiveThinking(thinking.text());
            case ModelPiece.Asked(AskedModel model) -> answering(model);
            case ModelPiece.Finished finished ->
                with(pending.with(new Ending.Finished(finished.finishReason(), finished.usage())));
        };
    }

    private StreamState receiveContent(String text) {
        int room = limits.answerChars()
                - written.content().length()
                - pending.text().content().length();
        if (text.length() <= room) {
            return with(pending.withContent(pending.text().content().plus(text)));
        }
        String all = pending.text().content() + text.substring(0, room);
        boolean cutsPair = !all.isEmpty() && Character.isHighSurrogate(all.charAt(all.length() - 1));
        return with(pending.withContent(Text.of(cutsPair ? all.substring(0, all.length() - 1) : all))
                .with(new Ending.Finished("length", null)));
    }

    private StreamState receiveThinking(String text) {
        int room = limits.answerChars()
                - written.thinking().chars()
                - pending.text().thinking().length();
        return turn.context().reasoning() && text.length() <= room
                ? with(pending.withThinking(pending.text().thinking().plus(text)))
                : this;
    }

    private StreamState answering(AskedModel model) {
        return with(pending.with(new Question(pending.question().promptTokens(), model)));
    }

    private StreamState withContext(@Nullable ContextUsed context) {
        return with(pending.with(
                new Found(context, pending.found().emotion(), pending.found().ability())));
    }

    private StreamState withEmotion(@Nullable Emotion emotion) {
        return with(pending.with(
                new Found(pending.found().context(), emotion, pending.found().ability())));
    }

    private StreamState with(Pending next) {
        return new StreamState(turn, limits, written, next);
    }

    private static Text without(Text text, int head) {
        return head >= text.length() ? Text.EMPTY : Text.of(text.toString().substring(head));
    }
}
