package dev.parley.engine.stream;

import dev.parley.engine.stream.Pending.Ending;
import dev.parley.prompt.TokenEstimate;
import dev.parley.providers.AskedModel;
import dev.parley.providers.Usage;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.ReasoningStep;
import dev.parley.schema.event.StoppedMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.ContextInfo;
import dev.parley.schema.event.StreamEvent.EmotionUpdate;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.StreamResumed;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.ThinkingMode;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.json.WellFormed;
import org.jspecify.annotations.Nullable;

/** Chooses and composes the next event of a stream. */
final class Composer {
    private static final String CONTENT_FILTER = "content_filter";

    private final StreamState state;
    private final Written written;
    private final Pending pending;
    private final Turn turn;
    private final Moment now;

    Composer(StreamState state, Moment now) {
        this.state = state;
        this.written = state.written();
        this.pending = state.pending();
        this.turn = state.turn();
        this.now = now;
    }

    @Nullable
    StreamEvent next() {
        if (written.isOver()) {
            return null;
        }
        StreamStart start = written.start();
        if (start == null) {
            return start();
        }
        if (pending.ending() instanceof Ending.Stopped stopped) {
            return stopped(start, stopped);
        }
        StreamEvent chunk = chunk();
        boolean failsAtOnce = chunk == null && pending.ending() instanceof Ending.Failed;
        if (pending.attempt().announce() && !failsAtOnce) {
            return new StreamResumed(
                    turn.messageId(),
                    written.length(),
                    turn.session(),
                    now.time(),
                    pending.attempt().number());
        }
        if (chunk != null && !written.hasSpoken()) {
            return chunk; // the first token does not wait for other events
        }
        StreamEvent found = found();
        if (found != null) {
            return found;
        }
        return chunk != null ? chunk : end(start);
    }

    private @Nullable StreamEvent start() {
        Input.Started started = pending.start();
        return started == null
                ? null
                : new StreamStart(
                        turn.messageId(),
                        0,
                        turn.session(),
                        now.time(),
                        started.aiMessageId(),
                        turn.user(),
                        turn.message(),
                        turn.askedAt(),
                        turn.context(),
                        started.metadata());
    }

    private @Nullable StreamEvent found() {
        Pending.Found found = pending.found();
        if (found.context() != null) {
            return new ContextInfo(turn.messageId(), written.length(), turn.session(), now.time(), found.context());
        }
        return found.emotion() == null
                ? null
                : new EmotionUpdate(turn.messageId(), written.length(), turn.session(), now.time(), found.emotion());
    }

    private @Nullable StreamEvent chunk() {
        StreamEvent thinking = thinkingChunk();
        return thinking != null ? thinking : contentChunk();
    }

    private @Nullable StreamEvent thinkingChunk() {
        String ready = ready(pending.text().thinking());
        if (ready.isEmpty()) {
            return null;
        }
        int end = written.thinking().endOfStep(ready);
        ReasoningStep step = new ReasoningStep(
                written.thinking().nextStep(), ThinkingMode.ANALYTICAL, WellFormed.of(ready.substring(0, end)), null);
        return new StreamEvent.ThinkingChunk(turn.messageId(), written.length(), step);
    }

    private @Nullable StreamEvent contentChunk() {
        String ready = ready(pending.text().content());
        boolean last = isLast(pending.text().content(), ready);
        Fence.Segment segment = written.answer().fence().next(ready, last);
        return segment.end() == 0
                ? null
                : new ContentChunk(
                        turn.messageId(),
                        written.length(),
                        WellFormed.of(ready.substring(0, segment.end())),
                        segment.code(),
                        segment.language() == null ? null : WellFormed.of(segment.language()));
    }

    /** As much as one event may hold, without the first half of a surrogate pair whose second half may still come. */
    private String ready(Text text) {
        if (text.isEmpty()) {
            return "";
        }
        String all = text.toString();
        int end = ChunkEnd.of(all, state.limits());
        boolean last = end == all.length() && pending.ending() != null;
        return !last && Character.isHighSurrogate(all.charAt(end - 1))
                ? all.substring(0, end - 1)
                : all.substring(0, end);
    }

    private boolean isLast(Text text, String ready) {
        return pending.ending() != null && ready.length() == text.length();
    }

    private @Nullable StreamEvent end(StreamStart start) {
        return switch (pending.ending()) {
            case null -> null;
            case Ending.Stopped stopped -> stopped(start, stopped);
            case Ending.Failed failed -> failed(start, failed.failure());
            case Ending.Finished finished -> finished(start, finished);
        };
    }

    private StreamEvent stopped(StreamStart start, Ending.Stopped stopped) {
        return new GenerationStopped(
                turn.messageId(),
                written.length(),
                turn.session(),
                now.time(),
                start.aiMessageId(),
                stopped.reason(),
                written.content().toString(),
                stoppedMetadata(start));
    }

    private StoppedMetadata stoppedMetadata(StreamStart start) {
        AskedModel model = model(start);
        Tokens tokens = tokens(null);
        return new StoppedMetadata(model.provider(), model.model(), tokens, cost(model, tokens), now.elapsedMs());
    }

    private StreamEvent failed(StreamStart start, Failure failure) {
        return new StreamError(
                turn.messageId(),
                written.length(),
                turn.session(),
                now.time(),
                start.aiMessageId(),
                failure,
                written.content().toString());
    }

    private StreamEvent finished(StreamStart start, Ending.Finished finished) {
        if (finished.reason().equals(CONTENT_FILTER)) {
            return failed(
                    start,
                    new Failure(ErrorCode.CONTENT_FILTERED, "The model's service held the answer back.", null, false));
        }
        if (written.content().isEmpty()) {
            return failed(
                    start, new Failure(ErrorCode.AI_PROVIDER_UNAVAILABLE, "The model gave no answer.", null, true));
        }
        String text = written.content().toString();
        return new StreamComplete(
                turn.messageId(),
                written.length(),
                turn.session(),
                now.time(),
                start.aiMessageId(),
                text,
                completeMetadata(start, finished),
                ContentSha256.of(text));
    }

    private CompleteMetadata completeMetadata(StreamStart start, Ending.Finished finished) {
        AskedModel model = model(start);
        Tokens tokens = tokens(finished.usage());
        return new CompleteMetadata(
                model.provider(),
                model.model(),
                finished.reason(),
                now.elapsedMs(),
                written.firstTokenMs(),
                tokens,
                cost(model, tokens),
                pending.attempt().number(),
                pending.found().ability());
    }

    /** The model that produced the answer: the one that was asked last, or that was to be asked first. */
    private AskedModel model(StreamStart start) {
        AskedModel asked = pending.question().model();
        return asked == null
                ? new AskedModel(start.metadata().provider(), start.metadata().model(), null)
                : asked;
    }

    /** The cost of these tokens; if they are estimated, so is the cost. */
    private static @Nullable Double cost(AskedModel model, Tokens tokens) {
        return model.price() == null ? null : (Double) model.price().of(tokens.prompt(), tokens.completion());
    }

    /** The service counts only what this writer asked for: after a takeover all tokens are estimated. */
    private Tokens tokens(@Nullable Usage usage) {
        if (usage != null && !written.isResumed()) {
            return new Tokens(
                    usage.prompt(), usage.completion(), usage.reasoning(), usage.prompt() + usage.completion(), false);
        }
        int reasoning = TokenEstimate.ofChars(written.thinking().chars());
        int completion = TokenEstimate.ofChars(written.content().length()) + reasoning;
        return new Tokens(
                pending.question().promptTokens(),
                completion,
                reasoning,
                pending.question().promptTokens() + completion,
                true);
    }
}
