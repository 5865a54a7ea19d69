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
 * What the log holds of a stream: the fold of its accepted events, the same for the writer and for whoever takes over from it.
 *
 * @param length how many events; the next one's seq
 * @param resumed whether more than one writer had a part in the answer
 * @param firstTokenMs from the start to the first chunk of content, or -1
 */
public record Written(
        long length,
        @Nullable StreamStart start,
        Text content,
        Fence fence,
        Thinking thinking,
        boolean context,
        boolean emotion,
        boolean resumed,
        long firstTokenMs,
        @Nullable Terminal end) {
    public static final Written NOTHING =
            new Written(0, null, Text.EMPTY, Fence.START, Thinking.NONE, false, false, false, -1, null);

    /** @param elapsedMs since the stream's start */
    public Written evolve(StreamEvent event, long elapsedMs) {
        return switch (event) {
            case StreamStart e -> new Written(1, e, content, fence, thinking, context, emotion, false, -1, null);
            case ContentChunk e ->
                new Written(
                        length + 1,
                        start,
                        content.plus(e.content()),
                        fence.next(e.content(), true).after(),
                        thinking,
                        context,
                        emotion,
                        resumed,
                        firstToken(elapsedMs),
                        null);
            case ThinkingChunk e ->
                new Written(
                        length + 1,
                        start,
                        content,
                        fence,
                        thinking.plus(e.reasoningStep()),
                        context,
                        emotion,
                        resumed,
                        firstTokenMs,
                        null);
            case ContextInfo _ ->
                new Written(length + 1, start, content, fence, thinking, true, emotion, resumed, firstTokenMs, null);
            case EmotionUpdate _ ->
                new Written(length + 1, start, content, fence, thinking, context, true, resumed, firstTokenMs, null);
            case StreamResumed _ ->
                new Written(length + 1, start, content, fence, thinking, context, emotion, true, firstTokenMs, null);
            case Terminal e ->
                new Written(length + 1, start, content, fence, thinking, context, emotion, resumed, firstTokenMs, e);
        };
    }

    /** An event that this version does not know: it has its seq, and no meaning. */
    public Written evolveUnknown() {
        return new Written(length + 1, start, content, fence, thinking, context, emotion, resumed, firstTokenMs, end);
    }

    public boolean isOver() {
        return end != null;
    }

    /** Whether the user has seen anything of the model. */
    public boolean hasSpoken() {
        return firstTokenMs >= 0 || thinking.step() > 0;
    }

    private long firstToken(long elapsedMs) {
        return firstTokenMs >= 0 ? firstTokenMs : Math.max(0, elapsedMs);
    }
}
