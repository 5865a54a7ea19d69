package dev.parley.engine.run;

import dev.parley.engine.run.Order.Task;
import dev.parley.engine.stream.Input;
import dev.parley.engine.stream.Limits;
import dev.parley.engine.stream.Moment;
import dev.parley.engine.stream.StreamState;
import dev.parley.engine.stream.Written;
import dev.parley.engine.view.Decision.Purpose;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.ChatEvent.StreamKeepalive;
import dev.parley.schema.event.ChatEvent.StreamReleased;
import dev.parley.schema.event.ChatEvent.StreamTakeover;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the writer of one claim does next. It appends one record at a time; once a record's fate is unknown, or another writer has the
 * stream, it appends no more. Times are monotonic nanoseconds and come from outside; nothing here waits. Not thread-safe.
 */
public final class ClaimWriter {
    private static final int KEEPALIVES_PER_LEASE = 3;

    private final Order order;
    private final RunSettings settings;
    private final Limits limits;
    private final String workerId;

    /** What the model's helpers found before the claim was known to count. */
    private final List<Input> early = new ArrayList<>();

    private Phase phase;
    private StreamState state;
    private Step inFlight = new Step.Rest(0);
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
        /** It is appended, and the log has not said whether it counts. */
        AWAIT,
        WRITE,
        /** Nothing more is appended. */
        LEFT
    }

    /** What is to be done now. */
    public sealed interface Step {
        /** Append it, then say {@link #appended} or {@link #failed}. */
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
    public ClaimWriter(
            Order order,
            Input.@Nullable Started start,
            RunSettings settings,
            Limits limits,
            String workerId,
            long now) {
        this.order = order;
        this.settings = settings;
        this.limits = limits;
        this.workerId = workerId;
        this.startedAt = now;
        this.appendedAt = now;
        this.state = StreamState.initial(order.turn(), limits);
        this.phase = mustWin(order.task()) ? Phase.CLAIM : Phase.WRITE;
        if (start != null) {
            state = state.receive(start);
        }
        switch (order.task()) {
            case Task.Answer(boolean careful) -> modelWanted = !careful;
            case Task.EndStopped(StopReason reason) -> stop(reason);
            case Task.Refuse(var code) -> state = state.receive(new Input.Failed(Failures.refusal(code)));
            case Task.TakeOver _ -> {}
        }
    }

    private static boolean mustWin(Task task) {
        return switch (task) {
            case Task.TakeOver _ -> true;
            case Task.Answer(boolean careful) -> careful;
            case Task.EndStopped _, Task.Refuse _ -> false;
        };
    }

    /** Ends the stream with the text that the log has; the first reason stands. */
    public void stop(StopReason reason) {
        if (stop == null) {
            stop = reason;
            state = state.receive(new Input.Stopped(reason));
        }
    }

    /** The model or one of its helpers said something. @return whether more is wanted */
    public boolean hear(Input input, long now) {
        if (phase == Phase.CLAIM || phase == Phase.AWAIT) {
            early.add(input);
            return wantsModel();
        }
        state = state.receive(input);
        if (input instanceof Input.Said) {
            heard = true;
            heardAt = now;
        }
        return wantsModel();
    }

    /** The log has this claim as the one that counts, after {@code last}. */
    public void won(Written last, long elapsedMs, long now) {
        if (phase != Phase.AWAIT && phase != Phase.CLAIM) {
            return;
        }
        phase = Phase.WRITE;
        switch (order.task()) {
            case Task.TakeOver(Purpose purpose, StopReason reason) -> {
                startedAt = now - TimeUnit.MILLISECONDS.toNanos(elapsedMs);
                state = StreamState.resumed(order.turn(), limits, last)
                        .receive(new Input.TakenOver(order.claim().attempt()));
                if (stop != null) {
                    state = state.receive(new Input.Stopped(stop));
                }
                goOn(purpose, reason);
            }
            case Task.Answer _ -> modelWanted = true;
            case Task.EndStopped _, Task.Refuse _ -> {}
        }
        early.forEach(input -> hear(input, now));
        early.clear();
    }

    private void goOn(Purpose purpose, StopReason reason) {
        switch (purpose) {
            case CONTINUE -> modelWanted = true;
            case STOP -> stop(reason);
            case FAIL -> state = state.receive(new Input.Failed(Failures.WORKER_LOST));
        }
    }

    /** Another writer has the stream, or it is over. */
    public void lost() {
        phase = Phase.LEFT;
    }

    /** The stream is given up; that is its last record. */
    public void release(String reason) {
        releaseReason = reason;
    }

    /** The record of the last step is in the log. */
    public void appended(long now) {
        appendedAt = now;
        switch (inFlight) {
            case Step.AppendEvent(StreamEvent event, long elapsedMs) -> {
                state = state.evolve(event, elapsedMs);
                if (state.written().isOver()) {
                    phase = Phase.LEFT;
                } else if (phase == Phase.CLAIM) {
                    phase = Phase.AWAIT;
                }
            }
            case Step.AppendControl(Control control, int _) -> {
                if (control instanceof StreamTakeover && phase == Phase.CLAIM) {
                    phase = Phase.AWAIT;
                } else if (control instanceof StreamReleased) {
                    phase = Phase.LEFT;
                }
            }
            case Step.AskModel _, Step.Rest _, Step.Done _ -> throw new IllegalStateException("nothing was appended");
        }
        inFlight = new Step.Rest(0);
    }

    /** Nobody knows whether the record of the last step is in the log: the claim is spent. */
    public void failed() {
        phase = Phase.LEFT;
    }

    /** Whether the model's connection is of any use. */
    public boolean wantsModel() {
        return phase != Phase.LEFT && releaseReason == null && !state.isDecided();
    }

    /** What the log has of the stream. */
    public Written written() {
        return state.written();
    }

    /** What to do now. After a step that appends nothing else is asked for before its outcome is told. */
    public Step next(long now, Instant time) {
        Step step = switch (phase) {
            case CLAIM -> claim(now, time);
            case AWAIT -> awaitVictory(now);
            case WRITE -> write(now, time);
            case LEFT -> new Step.Done();
        };
        inFlight = step;
        return step;
    }

    private Step claim(long now, Instant time) {
        if (!(order.task() instanceof Task.TakeOver)) {
            return write(now, time);
        }
        return control(new StreamTakeover(
                order.turn().messageId(), order.turn().session(), order.claim().attempt(), workerId));
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
            return control(new StreamReleased(order.turn().messageId(), releaseReason));
        }
        if (modelWanted && !modelAsked && !state.isDecided()) {
            modelAsked = true;
            heardAt = now;
            return new Step.AskModel(state.written().content().toString());
        }
        long timeoutAt = watchModel(now);
        long elapsedMs = TimeUnit.NANOSECONDS.toMillis(now - startedAt);
        Optional<StreamEvent> event = state.decide(new Moment(time, elapsedMs));
        if (event.isPresent()) {
            return new Step.AppendEvent(event.get(), elapsedMs);
        }
        long keepaliveAt = appendedAt + settings.lease().toNanos() / KEEPALIVES_PER_LEASE;
        return now < keepaliveAt
                ? new Step.Rest(Math.min(timeoutAt, keepaliveAt))
                : control(new StreamKeepalive(order.turn().messageId()));
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
