package dev.parley.engine.stream;

import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.ContextInfo;
import dev.parley.schema.event.StreamEvent.EmotionUpdate;
import dev.parley.schema.event.StreamEvent.StreamResumed;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import org.jspecify.annotations.Nullable;

/**
 * What the log holds of a stream: the fold of its accepted events, the same for its writer and for a writer that takes over.
 *
 * @param length how many events; the next one's seq
 * @param once which events are there that come at most once for each writer
 */
public record Written(
        long length,
        @Nullable StreamStart start,
        Answer answer,
        Once once,
        @Nullable Terminal end) {
    public static final Written NOTHING =
            new Written(0, null, new Answer(Text.EMPTY, Fence.START, Thinking.NONE, -1), Once.NOTHING, null);

    /**
     * What the model said.
     *
     * @param fence where the content stands with regard to fenced code
     * @param firstTokenMs from the start to the first chunk of content; -1 before it
     */
    record Answer(Text content, Fence fence, Thinking thinking, long firstTokenMs) {
        Answer with(ContentChunk chunk, long elapsedMs) {
            return new Answer(
                    content.plus(chunk.content()),
                    fence.next(chunk.content(), true).after(),
                    thinking,
                    firstTokenMs >= 0 ? firstTokenMs : Math.max(0, elapsedMs));
        }

        Answer with(ThinkingChunk chunk) {
            return new Answer(content, fence, thinking.plus(chunk.reasoningStep()), firstTokenMs);
        }
    }

    /** @param resumed whether more than one writer took part in the answer */
    record Once(boolean context, boolean emotion, boolean resumed) {
        static final Once NOTHING = new Once(false, false, false);
    }

    /** @param elapsedMs since the stream's start */
    public Written evolve(StreamEvent event, long elapsedMs) {
        return switch (event) {
            case StreamStart e -> new Written(1, e, answer, once, null);
            case ContentChunk e -> next(answer.with(e, elapsedMs), once);
            case ThinkingChunk e -> next(answer.with(e), once);
            case ContextInfo _ -> next(answer, new Once(true, once.emotion(), once.resumed()));
            case EmotionUpdate _ -> next(answer, new Once(once.context(), true, once.resumed()));
            case StreamResumed _ -> next(answer, new Once(once.context(), once.emotion(), true));
            case Terminal e -> new Written(length + 1, start, answer, once, e);
        };
    }

    /** An event of a type that this version does not know: it has its seq and no meaning. */
    public Written evolveUnknown() {
        return new Written(length + 1, start, answer, once, end);
    }

    private Written next(Answer nextAnswer, Once nextOnce) {
        return new Written(length + 1, start, nextAnswer, nextOnce, null);
    }

    public boolean isOver() {
        return end != null;
    }

    public Text content() {
        return answer.content();
    }

    public Thinking thinking() {
        return answer.thinking();
    }

    /** Whether the event that says what the prompt was made of is there. */
    public boolean hasContext() {
        return once.context();
    }

    /** Whether more than one writer took part in the answer. */
    public boolean isResumed() {
        return once.resumed();
    }

    /** From the stream's start to the first chunk of content; -1 before it. */
    public long firstTokenMs() {
        return answer.firstTokenMs();
    }

    /** Whether the user has seen anything of the model. */
    public boolean hasSpoken() {
        return firstTokenMs() >= 0 || thinking().step() > 0;
    }
}
