package dev.parley.engine.stream;

import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.ChatEvent.StreamKeepalive;
import dev.parley.schema.event.ChatEvent.StreamReleased;
import dev.parley.schema.event.ChatEvent.StreamTakeover;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the writer of one claim does next. Its records follow each other without waiting for what the log says of those before: they are
 * kept in the order in which they are sent, and what follows one that was lost has a gap before it and counts for nobody. Three things
 * wait: a chunk for the one before it, and joins what the model says meanwhile; what goes on from a claim, for the log to show that it
 * counts; a last word of its own for all others. Once a record's fate is unknown, or another writer has the stream, no more is appended.
 * Times are monotonic nanoseconds and come from outside; nothing here waits. Not thread-safe.
 */
public final class StreamWriterState {
    private static final int KEEPALIVES_PER_LEASE = 3;

    private final StreamTask task;
    private final WriterSettings settings;
    private final Limits limits;
    private final String workerId;

    /** What the model's helpers found before the claim was known to count. */
    private final List<Input> early = new ArrayList<>();

    private Phase phase;
    private StreamState state;
    private int unacknowledged;
    private boolean chunkUnderWay;
    private boolean endKept;
    private boolean spent;
    private @Nullable StopReason stop;
    private @Nullable String releaseReason;
    private boolean modelWanted;
    private boolean modelAsked;
    private boolean heard;
    private long startedAt;
    private long appendedAt;
    private long heardAt;
    private int controls;

    private enum Phase {
        /** The takeover, or a careful start, is to be appended. */
        CLAIM,
        /** It is on its way or there, and the log has not said whether it counts. */
        AWAIT,
        WRITE,
        /** Nothing more is appended. */
        LEFT
    }

    /** What is to be done now. */
    public sealed interface Step {
        /** Append it, and say {@link #appended} or {@link #failed} when that is known. */
        record AppendEvent(StreamEvent event, long elapsedMs) implements Step {}

        /** @param n counts the control records of the claim */
        record AppendControl(Control control, int n) implements Step {}

        /** Ask the model to go on after what it has said. */
        record AskModel(String answerSoFar) implements Step {}

        /** Nothing before {@code until}, unless something happens. */
        record Rest(long until) implements Step {}

        /** Nothing, ever. */
        record Done() implements Step {}
    }

    /** @param start how to begin the stream; null for a takeover */
    public StreamWriterState(
            StreamTask task,
            Input.@Nullable Started start,
            WriterSettings settings,
            Limits limits,
            String workerId,
            long now) {
        this.task = task;
        this.settings = settings;
        this.limits = limits;
        this.workerId = workerId;
        this.startedAt = now;
        this.appendedAt = now;
        this.state = StreamState.initial(task.turn(), limits);
        this.phase = task.action().needsConfirmation() ? Phase.CLAIM : Phase.WRITE;
        if (start != null) {
            state = state.receive(start);
        }
        switch (task.action()) {
            case Decision.Start(boolean confirmFirst) -> modelWanted = !confirmFirst;
            case Decision.Stop(StopReason reason) -> stop(reason);
            case Decision.Reject(var code) -> state = state.receive(new Input.Failed(Failures.refusal(code)));
            case Decision.TakeOver _ -> {}
        }
    }

    /** Ends the stream with the text that the log has; the first reason stands. */
    public void stop(StopReason reason) {
        if (stop == null) {
            stop = reason;
            state = state.receive(new Input.Stopped(reason));
        }
    }

    /** The model or one of its helpers said something. @return whether more is wanted */
    public boolean receive(Input input, long now) {
        if (phase == Phase.CLAIM || phase == Phase.AWAIT) {
            early.add(input);
            return wantsModel();
        }
        state = state.receive(input);
        if (input instanceof Input.Generated) {
            heard = true;
            heardAt = now;
        }
        return wantsModel();
    }

    /** The log has this claim as the one that counts, after {@code last}. */
    public void claimConfirmed(Written last, long elapsedMs, long now) {
        if (phase != Phase.AWAIT && phase != Phase.CLAIM) {
            return;
        }
        phase = Phase.WRITE;
        switch (task.action()) {
            case Decision.TakeOver(Purpose purpose) -> {
                startedAt = now - Duration.ofMillis(elapsedMs).toNanos();
                state = StreamState.resumed(task.turn(), limits, last)
                        .receive(new Input.TakenOver(task.claim().attempt()));
                if (stop != null) {
                    state = state.receive(new Input.Stopped(stop));
                }
                goOn(purpose);
            }
            case Decision.Start _ -> modelWanted = true;
            case Decision.Stop _, Decision.Reject _ -> {}
        }
        early.forEach(input -> receive(input, now));
        early.clear();
    }

    private void goOn(Purpose purpose) {
        switch (purpose) {
            case Purpose.Continue _ -> modelWanted = true;
            case Purpose.Stop(StopReason reason) -> stop(reason);
            case Purpose.Fail _ -> state = state.receive(new Input.Failed(Failures.WORKER_LOST));
        }
    }

    /** Another writer has the stream, or it is over. */
    public void claimSuperseded() {
        phase = Phase.LEFT;
    }

    /** The stream is given up; that is its last record. */
    public void release(String reason) {
        releaseReason = reason;
    }

    /**
     * The record of a step is in the log.
     *
     * @return whether there may be something to do that there was not before
     */
    public boolean appended(Step step, long now) {
        unacknowledged--;
        appendedAt = now;
        if (step instanceof Step.AppendEvent(StreamEvent event, long _)) {
            chunkUnderWay &= !isChunk(event);
            endKept |= event instanceof Terminal;
        }
        return phase == Phase.LEFT ? unacknowledged == 0 : releaseReason != null || state.hasUnwrittenText();
    }

    /** Nobody knows whether the record of a step is in the log: the claim is spent. */
    public void failed() {
        unacknowledged--;
        spent = true;
        phase = Phase.LEFT;
    }

    /** Whether all that waits to be written waits for a chunk to be acknowledged. */
    public boolean isHeldBack() {
        return phase == Phase.WRITE && chunkUnderWay && state.hasUnwrittenText();
    }

    /** Whether nobody knows if a record of this claim came to the log. */
    public boolean isClaimUncertain() {
        return spent;
    }

    /** Whether the log has the stream's end from this writer, and all before it. */
    public boolean hasEnded() {
        return endKept && !spent;
    }

    /** Whether the model's connection is of any use. */
    public boolean wantsModel() {
        return phase != Phase.LEFT && releaseReason == null && !state.isDecided();
    }

    /** What the log has of the stream, and what is on its way there. */
    public Written written() {
        return state.written();
    }

    /** The provider that was asked last, or was to be asked; empty before the stream's start. */
    public String provider() {
        return state.provider();
    }

    /** What to do now. A step that appends is on its way from here on. */
    public Step next(long now, Instant time) {
        Step step = switch (phase) {
            case CLAIM -> claim(now, time);
            case AWAIT -> awaitVictory(now);
            case WRITE -> write(now, time);
            case LEFT -> unacknowledged > 0 ? new Step.Rest(keepaliveAt(now)) : new Step.Done();
        };
        switch (step) {
            case Step.AppendEvent(StreamEvent event, long elapsedMs) -> issued(event, elapsedMs, now);
            case Step.AppendControl(Control control, int _) -> issued(control, now);
            case Step.AskModel _, Step.Rest _, Step.Done _ -> {}
        }
        return step;
    }

    private void issued(StreamEvent event, long elapsedMs, long now) {
        unacknowledged++;
        appendedAt = now;
        chunkUnderWay |= isChunk(event);
        state = state.evolve(event, elapsedMs);
        if (state.written().isOver()) {
            phase = Phase.LEFT;
        } else if (phase == Phase.CLAIM) {
            phase = Phase.AWAIT;
        }
    }

    private void issued(Control control, long now) {
        unacknowledged++;
        appendedAt = now;
        switch (control) {
            case StreamTakeover _ -> phase = Phase.AWAIT;
            case StreamReleased _ -> phase = Phase.LEFT;
            case StreamKeepalive _ -> {}
        }
    }

    private static boolean isChunk(StreamEvent event) {
        return event instanceof ContentChunk || event instanceof ThinkingChunk;
    }

    private Step claim(long now, Instant time) {
        if (!(task.action() instanceof Decision.TakeOver)) {
            return write(now, time);
        }
        return control(new StreamTakeover(
                task.turn().messageId(), task.turn().session(), task.claim().attempt(), workerId));
    }

    /** A claim that the log has not shown for a lease is not used. */
    private Step awaitVictory(long now) {
        long deadline = appendedAt + settings.lease().toNanos();
        if (now < deadline) {
            return new Step.Rest(deadline);
        }
        phase = Phase.LEFT;
        return new Step.Done();
    }

    private Step write(long now, Instant time) {
        if (releaseReason != null) {
            return unacknowledged > 0
                    ? new Step.Rest(keepaliveAt(now))
                    : control(new StreamReleased(task.turn().messageId(), releaseReason));
        }
        if (modelWanted && !modelAsked && !state.isDecided()) {
            modelAsked = true;
            heardAt = now;
            return new Step.AskModel(state.written().content().toString());
        }
        long timeoutAt = watchModel(now);
        long elapsedMs = Duration.ofNanos(now - startedAt).toMillis();
        Optional<StreamEvent> event = state.decide(new Moment(time, elapsedMs));
        if (event.isPresent() && !(chunkUnderWay && isChunk(event.get()))) {
            return new Step.AppendEvent(event.get(), elapsedMs);
        }
        long keepaliveAt = keepaliveAt(now);
        return now < keepaliveAt
                ? new Step.Rest(Math.min(timeoutAt, keepaliveAt))
                : control(new StreamKeepalive(task.turn().messageId()));
    }

    /** What is on its way says that the stream lives. */
    private long keepaliveAt(long now) {
        return (unacknowledged > 0 ? now : appendedAt) + settings.lease().toNanos() / KEEPALIVES_PER_LEASE;
    }

    /** Fails the stream if the model has been silent, or at work, for too long. @return when to look again */
    private long watchModel(long now) {
        if (!modelAsked || state.isDecided()) {
            return Long.MAX_VALUE;
        }
        long silentUntil = heardAt + (heard ? settings.idle() : settings.firstToken()).toNanos();
        long totalUntil = startedAt + settings.total().toNanos();
        if (now < Math.min(silentUntil, totalUntil)) {
            return Math.min(silentUntil, totalUntil);
        }
        Failure failure = now >= totalUntil ? Failures.TOTAL : heard ? Failures.IDLE : Failures.FIRST_TOKEN;
        state = state.receive(new Input.Failed(failure));
        return Long.MAX_VALUE;
    }

    private Step control(Control control) {
        return new Step.AppendControl(control, controls++);
    }
}
