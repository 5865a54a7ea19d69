package dev.parley.engine.writer;

import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.stream.StreamWriterState;
import dev.parley.engine.stream.WriterStep;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import dev.parley.service.trace.Traces;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Traces and measures one stream. Times are monotonic nanoseconds. Not thread-safe: the writer's lock guards it. */
final class StreamObservation {
    private final WriterObserver observer;
    private final Traces.Step step;
    private @Nullable Long stopSince;
    private @Nullable Long lastChunkAt;
    private long lastAppendAt;

    StreamObservation(StreamTask task, WriterContext context, long now) {
        this.observer = context.observer();
        this.step = context.traces()
                .begin("stream", Traces.Kind.CONSUMER, task.address().traceparent())
                .with("parley.attempt", String.valueOf(task.claim().attempt()));
        if (isToBeStopped(task.action())) {
            stopSince = now;
        }
    }

    private static boolean isToBeStopped(Decision.Action action) {
        return switch (action) {
            case Decision.Stop _ -> true;
            case Decision.TakeOver(Purpose purpose) -> purpose instanceof Purpose.Stop;
            case Decision.Start _, Decision.Reject _ -> false;
        };
    }

    /** The stream's own step of the trace. */
    String traceparent() {
        return step.traceparent();
    }

    /** The stream is to be stopped; the first time counts. */
    void stopAsked(long now) {
        if (stopSince == null) {
            stopSince = now;
        }
    }

    /** The log has the record of a step. */
    void appended(WriterStep append, String provider, long now) {
        lastAppendAt = now;
        if (append instanceof WriterStep.AppendEvent(StreamEvent event, long _)
                && (event instanceof ContentChunk || event instanceof ThinkingChunk)) {
            Long before = lastChunkAt;
            if (before != null) {
                observer.chunkGap(provider, Duration.ofNanos(now - before));
            }
            lastChunkAt = now;
        }
    }

    /** The writer appends nothing more. */
    void ended(StreamWriterState writer) {
        if (writer.isClaimUncertain()) {
            step.failed("outcome unknown");
        }
        if (!writer.hasEnded()) {
            return;
        }
        observer.ended(writer.written(), writer.provider());
        if (writer.written().end() instanceof StreamError error) {
            step.failed(error.error().code().name());
        }
        Long since = stopSince;
        if (since != null) {
            observer.stopped(Duration.ofNanos(lastAppendAt - since));
        }
    }

    void close() {
        step.end();
    }
}
