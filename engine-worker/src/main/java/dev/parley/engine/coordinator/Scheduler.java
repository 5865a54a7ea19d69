package dev.parley.engine.coordinator;

import dev.parley.engine.state.Decider;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.state.Role;
import dev.parley.engine.state.TurnState;
import dev.parley.engine.stream.ActiveStream;
import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Decision.Action;
import dev.parley.engine.stream.StreamAddress;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.stream.Turn;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.StreamLog;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Does what the states of a coordinator call for: starts streams, within bounds, stops them, and finishes deletions. Not thread-safe. */
final class Scheduler {
    private static final long LONGEST_REST = Duration.ofMillis(100).toNanos();
    private static final long AFTER_TRIPPING = Duration.ofSeconds(1).toNanos();
    /** Of a dead worker there may be thousands at once, and each has the text so far in memory. */
    private static final int MAX_ENDING = 64;

    private final CoordinatorSettings settings;
    private final Decider decider;
    private final Partitions partitions;
    private final ActiveStreams activeStreams;
    private final Coordinator.Effects effects;
    private final CoordinatorObserver observer;
    private final Supplier<String> claimTokens;

    /** What a model is to be asked for. */
    private final ReadyQueue waiting;
    /** What is to be ended: stopped, refused, or failed. */
    private final ReadyQueue ending;

    private final RepeatCheck repeats;
    private final Timers<Partitions.SessionAt> timers = new Timers<>();

    private @Nullable Long doubtfulUntil;
    private boolean draining;
    private boolean appends = true;
    private @Nullable RuntimeException tripped;

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
        this.effects = effects;
        this.observer = observer;
        this.claimTokens = claimTokens;
        this.waiting = new ReadyQueue(settings.agingStep());
        this.ending = new ReadyQueue(settings.agingStep());
        this.repeats = new RepeatCheck(effects);
    }

    int waiting() {
        return waiting.size() + ending.size();
    }

    /** Starts and takes over nothing from here on. */
    void drain() {
        draining = true;
    }

    /** While it cannot append, it starts and takes over nothing, and keeps in mind what waits. */
    void canAppend(boolean able) {
        appends = able;
    }

    private boolean takesNothing() {
        return draining || !appends;
    }

    /** The fate of a record of this worker is not known. */
    void doubt(long now) {
        doubtfulUntil = now + settings.doubt().toNanos();
    }

    /** Starts nothing of what waits in a partition. */
    void giveUpWaiting(PartitionContext context) {
        context.state.unfinished().forEach(this::forget);
    }

    /**
     * Does what is due. What trips it is a bug, and holds up nothing else: that session is looked at again a little later.
     *
     * @return in how many nanoseconds something may be due again
     * @throws RuntimeException the first of what tripped it, when all else is done
     */
    long act(long now) {
        tripped = null;
        timers.ring(now, target -> partitions.touch(target.partition(), target.session()));
        for (Partitions.SessionAt target = partitions.pollTouched();
                target != null;
                target = partitions.pollTouched()) {
            Partitions.SessionAt here = target;
            apart(here, now, () -> look(here, now));
        }
        startWaiting(now);
        if (tripped != null) {
            throw tripped;
        }
        return timers.untilNext(now, LONGEST_REST);
    }

    private void apart(Partitions.SessionAt target, long now, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            timers.set(target, now + AFTER_TRIPPING);
            tripped = tripped == null ? e : tripped;
        }
    }

    private void look(Partitions.SessionAt target, long now) {
        PartitionContext context = partitions.of(target.partition());
        for (TurnState turn : context.state.unfinished(target.session())) {
            consider(target, context, turn, now);
        }
        finishDeletions(target.partition(), context, now);
    }

    private void consider(Partitions.SessionAt target, PartitionContext context, TurnState turn, long now) {
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
        Optional<Role> role = role(context, turn.id().message().value(), now);
        if (!context.isCaughtUp() || takesNothing() || role.isEmpty() || activeStreams.isSettling(turn.id())) {
            return;
        }
        Decision decision = decider.decide(context.state, turn, now, role.get());
        if (decision instanceof Decision.Wait && turn.hasLater() && !turn.isKnownNew() && !isNew(target, turn, now)) {
            forget(turn);
            return; // it is looked at again
        }
        enqueue(target, turn, decision, now);
    }

    /** Until there is room for it, nothing of what is to be done is claimed, so whoever has room may do it. */
    private void enqueue(Partitions.SessionAt target, TurnState turn, Decision decision, long now) {
        switch (decision) {
            case Decision.Skip _ -> forget(turn);
            case Decision.Wait(long until) -> lookAgain(target, turn, until);
            case Decision.Watch(long until) -> lookAgain(target, turn, until);
            case Action action when !mayDo(action, target, turn, now) -> forget(turn);
            case Action action -> {
                (action.asksModel() ? ending : waiting).remove(turn);
                (action.asksModel() ? waiting : ending).add(target.partition(), turn);
            }
        }
    }

    private void lookAgain(Partitions.SessionAt target, TurnState turn, long at) {
        forget(turn);
        timers.set(target, at);
    }

    private void forget(TurnState turn) {
        waiting.remove(turn);
        ending.remove(turn);
    }

    /** A stream is started only if its id is new; one that is taken over was started. */
    private boolean mayDo(Action action, Partitions.SessionAt target, TurnState turn, long now) {
        return action instanceof Decision.TakeOver || isNew(target, turn, now);
    }

    /** Whether the stream may be started: no other one of its id was. A repeat is done with; what is not known is looked at again. */
    private boolean isNew(Partitions.SessionAt target, TurnState turn, long now) {
        PartitionContext context = partitions.of(target.partition());
        return switch (repeats.of(target.partition(), context, turn, now)) {
            case RepeatCheck.Known.New _ -> {
                repeats.forget(turn.id());
                if (context.state.markNew(turn)) {
                    partitions.touchAll(target.partition());
                }
                yield true;
            }
            case RepeatCheck.Known.Repeat _ -> {
                repeated(target, context, turn, now);
                yield false;
            }
            case RepeatCheck.Known.NotYet(long until) -> {
                timers.set(target, until);
                yield false;
            }
        };
    }

    private void repeated(Partitions.SessionAt target, PartitionContext context, TurnState turn, long now) {
        repeats.forget(turn.id());
        forget(turn);
        if (context.state.markRepeat(turn, now)) {
            partitions.touchAll(target.partition());
        }
        partitions.touch(target.partition(), target.session());
    }

    /** The store has answered for a stream. */
    void answered(int partition, PartitionContext context, StreamId stream, StoreAnswer answer, long now) {
        TurnState turn = context.state.find(stream);
        ChatStream command = turn == null ? null : turn.command();
        if (turn != null && command != null) {
            Partitions.SessionAt target = new Partitions.SessionAt(partition, command.sessionKey());
            if (turn.hasLater()) {
                partitions.touchAll(partition);
            }
            if (repeats.answered(context, turn, answer, now)) {
                repeated(target, context, turn, now);
            }
            partitions.touch(partition, command.sessionKey());
        }
        repeats.close(stream);
    }

    /** As long as there is room; what changed while it waited is decided anew. An end does not wait for room for an answer. */
    private void startWaiting(long now) {
        startWaiting(ending, () -> activeStreams.ending() < MAX_ENDING, now);
        startWaiting(waiting, () -> activeStreams.size() - activeStreams.ending() < settings.maxRunning(), now);
    }

    private void startWaiting(ReadyQueue queue, BooleanSupplier hasRoom, long now) {
        while (hasRoom.getAsBoolean() && !takesNothing()) {
            ReadyQueue.Candidate next = queue.poll(now);
            if (next == null) {
                return;
            }
            TurnState turn = next.turn();
            if (activeStreams.of(turn.id()) == null && turn.command() != null) {
                Partitions.SessionAt target = new Partitions.SessionAt(
                        next.partition(), turn.command().sessionKey());
                apart(target, now, () -> start(target, turn, queue == waiting, now));
            }
        }
    }

    /** @param hasRoomFor whether there is room for an answer; else there is for an end */
    private void start(Partitions.SessionAt target, TurnState turn, boolean hasRoomFor, long now) {
        PartitionContext context = partitions.of(target.partition());
        Optional<Role> role = role(context, turn.id().message().value(), now);
        if (role.isEmpty()) {
            return;
        }
        Decision decision = decider.decide(context.state, turn, now, role.get());
        if (decision instanceof Action action && action.asksModel() == hasRoomFor && mayDo(action, target, turn, now)) {
            launch(target.partition(), context, turn, action);
        } else {
            enqueue(target, turn, decision, now);
        }
    }

    /** What this worker is to the partition, for one stream or one session that is deleted. */
    private Optional<Role> role(PartitionContext context, String what, long now) {
        boolean doubtful = doubtfulUntil != null && now - doubtfulUntil < 0;
        boolean settled =
                !doubtful && now - context.ownedSince >= settings.doubt().toNanos();
        return context.role(settings.workerId(), what, settings.standbySlots(), settled);
    }

    private void launch(int partition, PartitionContext context, TurnState turn, Action action) {
        forget(turn);
        ChatStream command = turn.command();
        if (command == null) {
            return;
        }
        int attempt = turn.log() instanceof StreamLog.Open open ? open.current().attempt() + 1 : 1;
        SessionKey session = command.sessionKey();
        StreamTask task = new StreamTask(
                new StreamAddress(partition, session, turn.traceparent(), context.state.folded()),
                Turn.of(command, turn.askedAt()),
                new Claim(attempt, claimTokens.get()),
                action,
                context.state.past(session, turn.id()),
                context.state.wasDeleted(session));
        switch (action) {
            case Decision.TakeOver(Decision.Purpose purpose) -> observer.takeover(purpose);
            case Decision.Reject _ -> observer.refused();
            case Decision.Start _, Decision.Stop _ -> observer.accepted();
        }
        activeStreams.begun(effects.start(task));
        context.state.writerStarted(turn.id());
    }

    private void finishDeletions(int partition, PartitionContext context, long now) {
        if (!context.isCaughtUp() || takesNothing()) {
            return;
        }
        for (PartitionState.Deletion deletion : context.state.deletable()) {
            role(context, deletion.session().session().value(), now)
                    .ifPresent(role -> delete(
                            partition, context, deletion, decider.mayDeleteAt(context.state, deletion, role), now));
        }
    }

    private void delete(
            int partition, PartitionContext context, PartitionState.Deletion deletion, long mine, long now) {
        if (now < mine) {
            timers.set(new Partitions.SessionAt(partition, deletion.session()), mine);
        } else if (context.deleting.add(deletion.session())) {
            effects.delete(partition, deletion);
        }
    }
}
