package dev.parley.engine.coordinator;

import dev.parley.engine.coordinator.Partitions.SessionAt;
import dev.parley.engine.state.Decider;
import dev.parley.engine.state.Role;
import dev.parley.engine.state.TurnState;
import dev.parley.engine.stream.ActiveStream;
import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Decision.Action;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.id.StreamId;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks at each session that changed or is due, and picks which waiting turns start next, within bounds. Not thread-safe. */
final class Scheduler {
    private static final long LONGEST_REST = Duration.ofMillis(100).toNanos();
    private static final long RETRY_AFTER_FAILURE = Duration.ofSeconds(1).toNanos();
    /** A dead worker may leave thousands of streams to end at once, and each has its text so far in memory. */
    private static final int MAX_ENDING = 64;

    private final CoordinatorSettings settings;
    private final Decider decider;
    private final Partitions partitions;
    private final ActiveStreams activeStreams;
    private final Roles roles;
    private final StreamLauncher launcher;
    private final DeletionScheduler deletions;
    private final RepeatCheck repeats;
    private final Timers<SessionAt> timers = new Timers<>();

    /** Turns for which a model is to be asked. */
    private final ReadyQueue answers;
    /** Turns whose streams are to be ended: stopped, rejected or failed. */
    private final ReadyQueue ends;

    private boolean draining;
    private boolean canAppend = true;
    private @Nullable RuntimeException failure;

    /** @param claimTokens makes claim tokens, never the same one twice */
    Scheduler(
            CoordinatorSettings settings,
            Decider decider,
            Partitions partitions,
            ActiveStreams activeStreams,
            Coordinator.Effects effects,
            CoordinatorObserver observer,
            Supplier<String> claimTokens) {
        this.settings = settings;
        this.decider = decider;
        this.partitions = partitions;
        this.activeStreams = activeStreams;
        this.roles = new Roles(settings);
        this.launcher = new StreamLauncher(activeStreams, effects, observer, claimTokens);
        this.deletions = new DeletionScheduler(decider, roles, timers, effects);
        this.repeats = new RepeatCheck(effects);
        this.answers = new ReadyQueue(settings.agingStep());
        this.ends = new ReadyQueue(settings.agingStep());
    }

    /** Turns that could start if there were room. */
    int waiting() {
        return answers.size() + ends.size();
    }

    /** Starts and takes over nothing from here on. */
    void drain() {
        draining = true;
    }

    /** While this worker cannot append, it starts and takes over nothing, and remembers what waits. */
    void canAppend(boolean able) {
        canAppend = able;
    }

    private boolean mayStart() {
        return canAppend && !draining;
    }

    /** The log may have what this worker has not read: for a while its starts must be confirmed. */
    void doubt(long now) {
        roles.doubt(now);
    }

    /** Starts nothing of what waits in a partition. */
    void dropWaiting(PartitionContext context) {
        context.state.unfinished().forEach(this::dropWaiting);
    }

    private void dropWaiting(TurnState turn) {
        answers.remove(turn);
        ends.remove(turn);
    }

    /**
     * Does what is due. A failure is a bug and holds up nothing else: that session is looked at again a little later.
     *
     * @return in how many nanoseconds something may be due again
     * @throws RuntimeException the first failure, when all else is done
     */
    long act(long now) {
        failure = null;
        timers.expire(now, target -> partitions.changed(target.partition(), target.session()));
        for (SessionAt next = partitions.pollChanged(); next != null; next = partitions.pollChanged()) {
            SessionAt target = next;
            isolated(target, now, () -> look(target, now));
        }
        startWaiting(now);
        if (failure != null) {
            throw failure;
        }
        return timers.untilNext(now, LONGEST_REST);
    }

    private void isolated(SessionAt target, long now, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            timers.set(target, now + RETRY_AFTER_FAILURE);
            failure = failure == null ? e : failure;
        }
    }

    private void look(SessionAt target, long now) {
        PartitionContext context = partitions.of(target.partition());
        for (TurnState turn : context.state.unfinished(target.session())) {
            look(target, context, turn, now);
        }
        if (context.isCaughtUp() && mayStart()) {
            deletions.deleteWhatIsDue(target.partition(), context, now);
        }
    }

    private void look(SessionAt target, PartitionContext context, TurnState turn, long now) {
        if (repeats.wasStopOfEarlier(context, turn)) {
            context.state.forgetEarlyStop(turn);
        }
        ActiveStream active = activeStreams.of(turn.id());
        if (active != null) {
            if (turn.stop() != null) {
                active.stop(turn.stop());
            }
            return;
        }
        Optional<Role> role = role(context, turn, now);
        if (!context.isCaughtUp() || !mayStart() || role.isEmpty() || activeStreams.isSettling(turn.id())) {
            return;
        }
        Decision decision = decider.decide(context.state, turn, now, role.get());
        if (decision instanceof Decision.Wait && turn.hasLater() && !turn.isKnownNew() && !isNew(target, turn, now)) {
            dropWaiting(turn);
            return; // its session is looked at again
        }
        follow(decision, target, turn, now);
    }

    private Optional<Role> role(PartitionContext context, TurnState turn, long now) {
        return roles.of(context.role, turn.id().message().value(), now);
    }

    /** What is to be started waits for room; it is not claimed until then, so that a worker that has room may start it. */
    private void follow(Decision decision, SessionAt target, TurnState turn, long now) {
        switch (decision) {
            case Decision.Skip _ -> dropWaiting(turn);
            case Decision.Wait(long until) -> lookAgain(target, turn, until);
            case Decision.Watch(long until) -> lookAgain(target, turn, until);
            case Action action when !mayDo(action, target, turn, now) -> dropWaiting(turn);
            case Action action -> {
                (action.asksModel() ? ends : answers).remove(turn);
                (action.asksModel() ? answers : ends).add(target.partition(), turn);
            }
        }
    }

    private void lookAgain(SessionAt target, TurnState turn, long at) {
        dropWaiting(turn);
        timers.set(target, at);
    }

    /** A stream is started only if its id is new; one that is taken over was started. */
    private boolean mayDo(Action action, SessionAt target, TurnState turn, long now) {
        return action instanceof Decision.TakeOver || isNew(target, turn, now);
    }

    /** Whether no other stream has the turn's id. A repeat is marked as such; while it is not known, the session is looked at again. */
    private boolean isNew(SessionAt target, TurnState turn, long now) {
        PartitionContext context = partitions.of(target.partition());
        return switch (repeats.of(target.partition(), context, turn, now)) {
            case RepeatCheck.Known.New _ -> {
                repeats.forget(turn.id());
                if (context.state.markNew(turn)) {
                    partitions.allChanged(target.partition());
                }
                yield true;
            }
            case RepeatCheck.Known.Repeat _ -> {
                markRepeat(target, context, turn, now);
                yield false;
            }
            case RepeatCheck.Known.NotYet(long until) -> {
                timers.set(target, until);
                yield false;
            }
        };
    }

    private void markRepeat(SessionAt target, PartitionContext context, TurnState turn, long now) {
        repeats.forget(turn.id());
        dropWaiting(turn);
        if (context.state.markRepeat(turn, now)) {
            partitions.allChanged(target.partition());
        }
        partitions.changed(target.partition(), target.session());
    }

    /** The store has answered for a stream. */
    void storeAnswered(int partition, StreamId stream, StoreAnswer answer, long now) {
        PartitionContext context = partitions.of(partition);
        TurnState turn = context.state.find(stream);
        ChatStream message = turn == null ? null : turn.command();
        if (turn != null && message != null) {
            SessionAt target = new SessionAt(partition, message.sessionKey());
            if (turn.hasLater()) {
                partitions.allChanged(partition);
            }
            if (repeats.storeAnswered(context, turn, answer, now)) {
                markRepeat(target, context, turn, now);
            }
            partitions.changed(partition, message.sessionKey());
        }
        repeats.close(stream);
    }

    /** An end does not wait for room for an answer. */
    private void startWaiting(long now) {
        startWaiting(ends, () -> activeStreams.ending() < MAX_ENDING, now);
        startWaiting(answers, () -> activeStreams.size() - activeStreams.ending() < settings.maxRunning(), now);
    }

    private void startWaiting(ReadyQueue queue, BooleanSupplier hasRoom, long now) {
        while (hasRoom.getAsBoolean() && mayStart()) {
            ReadyQueue.Candidate next = queue.poll(now);
            if (next == null) {
                return;
            }
            TurnState turn = next.turn();
            ChatStream message = turn.command();
            if (activeStreams.of(turn.id()) == null && message != null) {
                SessionAt target = new SessionAt(next.partition(), message.sessionKey());
                isolated(target, now, () -> start(target, turn, message, queue == answers, now));
            }
        }
    }

    /**
     * What changed while the turn waited is decided anew.
     *
     * @param forAnswer whether the room is for an answer; otherwise it is for an end
     */
    private void start(SessionAt target, TurnState turn, ChatStream message, boolean forAnswer, long now) {
        PartitionContext context = partitions.of(target.partition());
        Optional<Role> role = role(context, turn, now);
        if (role.isEmpty()) {
            return;
        }
        Decision decision = decider.decide(context.state, turn, now, role.get());
        if (decision instanceof Action action && action.asksModel() == forAnswer && mayDo(action, target, turn, now)) {
            dropWaiting(turn);
            launcher.launch(target.partition(), context, turn, message, action);
        } else {
            follow(decision, target, turn, now);
        }
    }
}
