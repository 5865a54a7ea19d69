package dev.parley.engine.stream;

import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.ChatEvent.StreamKeepalive;
import dev.parley.schema.event.ChatEvent.StreamReleased;
import dev.parley.schema.event.ChatEvent.StreamTakeover;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pure core of a stream writer: what it does next under its claim.
 *
 * <p>Records are sent without waiting for those before them to be acknowledged. They keep their order, so a record after a lost one leaves a
 * gap in the seqs, and no reader accepts it. Three things wait: a chunk waits for the chunk before it and joins what the model says meanwhile;
 * what follows a takeover, or a start that must be confirmed, waits for the log to show the claim as current; a release waits for all records
 * before it. Once the outcome of a record is unknown, or another claim is current, nothing more is appended.
 *
 * <p>Times are monotonic nanoseconds and are arguments; nothing here waits. Not thread-safe.
 */
public final class StreamWriterState {
    private static final int KEEPALIVES_PER_LEASE = 3;

    private final StreamTask task;
    private final WriterSettings settings;
    private final Limits limits;
    private final String workerId;
    private final Unacknowledged unacknowledged;
    private final ModelWait model;

    /** What was found for the prompt before the claim was confirmed. */
    private final List<Input> early = new ArrayList<>();

    private Phase phase;
    private StreamState state;
    private long startedAt;
    private @Nullable StopReason stop;
    private @Nullable String releaseReason;
    private int controls;

    private enum Phase {
        /** The takeover, or a start that must be confirmed, is to be appended. */
        CLAIM,
        /** It is sent, and the log has not shown yet whether it counts. */
        CONFIRM,
        WRITE,
        /** Nothing more is appended. */
        ENDED
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
        this.unacknowledged = new Unacknowledged(now);
        this.model = new ModelWait(settings);
        this.startedAt = now;
        this.state = StreamState.initial(task.turn(), limits);
        this.phase = task.action().needsConfirmation() ? Phase.CLAIM : Phase.WRITE;
        if (start != null) {
            state = state.receive(start);
        }
        switch (task.action()) {
            case Decision.Start(boolean confirmFirst) -> {
                if (!confirmFirst) {
                    model.allow();
                }
            }
            case Decision.Stop(StopReason reason) -> stop(reason);
            case Decision.Reject(var code) -> state = state.receive(new Input.Failed(Failures.refusal(code)));
            case Decision.TakeOver _ -> {}
        }
    }

    /** Ends the stream with the text that the log has; the first reason counts. */
    public void stop(StopReason reason) {
        if (stop == null) {
            stop = reason;
            state = state.receive(new Input.Stopped(reason));
        }
    }

    /** The model said something, or something was found for its prompt. @return whether more is wanted */
    public boolean receive(Input input, long now) {
        if (phase == Phase.CLAIM || phase == Phase.CONFIRM) {
            early.add(input);
            return wantsModel();
        }
        state = state.receive(input);
        if (input instanceof Input.Generated) {
            model.spoke(now);
        }
        return wantsModel();
    }

    /** The log shows this claim as the current one, after {@code last}. */
    public void claimConfirmed(Written last, long elapsedMs, long now) {
        if (phase != Phase.CONFIRM && phase != Phase.CLAIM) {
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
            case Decision.Start _ -> model.allow();
            case Decision.Stop _, Decision.Reject _ -> {}
        }
        early.forEach(input -> receive(input, now));
        early.clear();
    }

    private void goOn(Purpose purpose) {
        switch (purpose) {
            case Purpose.Continue _ -> model.allow();
            case Purpose.Stop(StopReason reason) -> stop(reason);
            case Purpose.Fail _ -> state = state.receive(new Input.Failed(Failures.WORKER_LOST));
        }
    }

    /** The log shows another claim as the current one, or the stream's end. */
    public void claimSuperseded() {
        phase = Phase.ENDED;
    }

    /** Releases the stream with one last record, so that a takeover need not wait. */
    public void release(String reason) {
        releaseReason = reason;
    }

    /**
     * The record of a step is in the log.
     *
     * @return whether there may be something to do that there was not before
     */
    public boolean appended(WriterStep step, long now) {
        if (step instanceof WriterStep.AppendEvent(StreamEvent event, long _)) {
            unacknowledged.acknowledged(event, now);
        } else {
            unacknowledged.acknowledgedControl(now);
        }
        return phase == Phase.ENDED ? unacknowledged.isEmpty() : releaseReason != null || state.hasUnwrittenText();
    }

    /** Whether the record of a step is in the log is unknown: the claim is uncertain and is not used again. */
    public void failed() {
        unacknowledged.failed();
        phase = Phase.ENDED;
    }

    /** Whether all that waits to be written waits for a chunk to be acknowledged. */
    public boolean isHeldBack() {
        return phase == Phase.WRITE && unacknowledged.hasChunk() && state.hasUnwrittenText();
    }

    /** Whether it is unknown if a record of this claim is in the log. */
    public boolean isClaimUncertain() {
        return unacknowledged.isUncertain();
    }

    /** Whether the log has the stream's end from this writer, and all before it. */
    public boolean hasEnded() {
        return unacknowledged.isEndWritten();
    }

    /** Whether anything that the model says is of use. */
    public boolean wantsModel() {
        return phase != Phase.ENDED && releaseReason == null && !state.isDecided();
    }

    /** What the log has of the stream, and what is on its way there. */
    public Written written() {
        return state.written();
    }

    /** The provider that was asked last, or was to be asked; empty before the stream's start. */
    public String provider() {
        return state.provider();
    }

    /** What to do now. A step that appends counts as sent from here on. */
    public WriterStep next(long now, Instant time) {
        WriterStep step = switch (phase) {
            case CLAIM -> claim(now, time);
            case CONFIRM -> awaitConfirmation(now);
            case WRITE -> write(now, time);
            case ENDED -> unacknowledged.isEmpty() ? new WriterStep.Done() : new WriterStep.Rest(keepaliveAt(now));
        };
        switch (step) {
            case WriterStep.AppendEvent(StreamEvent event, long elapsedMs) -> sent(event, elapsedMs, now);
            case WriterStep.AppendControl(Control control, int _) -> sent(control, now);
            case WriterStep.AskModel _, WriterStep.Rest _, WriterStep.Done _ -> {}
        }
        return step;
    }

    private void sent(StreamEvent event, long elapsedMs, long now) {
        unacknowledged.sent(event, now);
        state = state.evolve(event, elapsedMs);
        if (state.written().isOver()) {
            phase = Phase.ENDED;
        } else if (phase == Phase.CLAIM) {
            phase = Phase.CONFIRM;
        }
    }

    private void sent(Control control, long now) {
        unacknowledged.sentControl(now);
        switch (control) {
            case StreamTakeover _ -> phase = Phase.CONFIRM;
            case StreamReleased _ -> phase = Phase.ENDED;
            case StreamKeepalive _ -> {}
        }
    }

    private WriterStep claim(long now, Instant time) {
        if (!(task.action() instanceof Decision.TakeOver)) {
            return write(now, time);
        }
        return control(new StreamTakeover(
                task.turn().messageId(), task.turn().session(), task.claim().attempt(), workerId));
    }

    /** A claim that the log has not shown for a lease is not used. */
    private WriterStep awaitConfirmation(long now) {
        long deadline = unacknowledged.lastChangeAt() + settings.lease().toNanos();
        if (now < deadline) {
            return new WriterStep.Rest(deadline);
        }
        phase = Phase.ENDED;
        return new WriterStep.Done();
    }

    private WriterStep write(long now, Instant time) {
        if (releaseReason != null) {
            return unacknowledged.isEmpty()
                    ? control(new StreamReleased(task.turn().messageId(), releaseReason))
                    : new WriterStep.Rest(keepaliveAt(now));
        }
        if (model.isDue() && !state.isDecided()) {
            model.ask(now);
            return new WriterStep.AskModel(state.written().content().toString());
        }
        long timeoutAt = checkModel(now);
        long elapsedMs = Duration.ofNanos(now - startedAt).toMillis();
        Optional<StreamEvent> event = state.decide(new Moment(time, elapsedMs));
        if (event.isPresent() && !(unacknowledged.hasChunk() && Unacknowledged.isChunk(event.get()))) {
            return new WriterStep.AppendEvent(event.get(), elapsedMs);
        }
        long keepaliveAt = keepaliveAt(now);
        return now < keepaliveAt
                ? new WriterStep.Rest(Math.min(timeoutAt, keepaliveAt))
                : control(new StreamKeepalive(task.turn().messageId()));
    }

    private long keepaliveAt(long now) {
        return unacknowledged.silentSince(now) + settings.lease().toNanos() / KEEPALIVES_PER_LEASE;
    }

    /** Fails the stream if the model has been silent, or at work, for too long. @return when to check again */
    private long checkModel(long now) {
        if (state.isDecided()) {
            return Long.MAX_VALUE;
        }
        Failure failure = model.failure(startedAt, now);
        if (failure == null) {
            return model.deadline(startedAt);
        }
        state = state.receive(new Input.Failed(failure));
        return Long.MAX_VALUE;
    }

    private WriterStep control(Control control) {
        return new WriterStep.AppendControl(control, controls++);
    }
}
