package dev.parley.engine.desk;

import dev.parley.engine.run.Appender;
import dev.parley.engine.run.Order;
import dev.parley.engine.run.Order.Task;
import dev.parley.engine.run.Run;
import dev.parley.engine.stream.Turn;
import dev.parley.engine.view.Decider;
import dev.parley.engine.view.Decision;
import dev.parley.engine.view.LogView;
import dev.parley.engine.view.Standing;
import dev.parley.engine.view.TurnView;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.StreamLog;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Does what the views of a desk call for: starts runs, within bounds, stops them, and finishes deletions. Not thread-safe. */
final class Dispatcher {
    private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long AFTER_TRIPPING = TimeUnit.SECONDS.toNanos(1);
    /** Of a dead worker there may be thousands at once, and each has the text so far in memory. */
    private static final int MAX_ENDING = 64;

    private final String workerId;
    private final DeskSettings settings;
    private final Decider decider;
    private final Posts posts;
    private final Runs runs;
    private final Desk.Outbox outbox;
    private final DeskObserver observer;
    private final Supplier<String> tokens;

    /** What a model is to be asked for. */
    private final Waiting waiting;
    /** What is to be ended: stopped, refused, or failed. */
    private final Waiting ending;

    private final Novelty novelty;
    private final Alarms<Posts.Spot> alarms = new Alarms<>();

    private @Nullable Long doubtfulUntil;
    private boolean draining;
    private boolean appends = true;
    private @Nullable RuntimeException tripped;

    /** @param tokens makes claim tokens, never the same one twice */
    Dispatcher(
            String workerId,
            DeskSettings settings,
            Decider decider,
            Posts posts,
            Runs runs,
            Desk.Outbox outbox,
            DeskObserver observer,
            Supplier<String> tokens) {
        this.workerId = workerId;
        this.settings = settings;
        this.decider = decider;
        this.posts = posts;
        this.runs = runs;
        this.outbox = outbox;
        this.observer = observer;
        this.tokens = tokens;
        this.waiting = new Waiting(settings.agingStep());
        this.ending = new Waiting(settings.agingStep());
        this.novelty = new Novelty(outbox);
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
    void giveUpWaiting(Post post) {
        post.view.unfinished().forEach(this::forget);
    }

    /**
     * Does what is due. What trips it is a bug, and holds up nothing else: that session is looked at again a little later.
     *
     * @return in how many nanoseconds something may be due again
     * @throws RuntimeException the first of what tripped it, when all else is done
     */
    long act(long now) {
        tripped = null;
        alarms.ring(now, spot -> posts.touch(spot.partition(), spot.session()));
        for (Posts.Spot spot = posts.pollTouched(); spot != null; spot = posts.pollTouched()) {
            Posts.Spot here = spot;
            apart(here, now, () -> look(here, now));
        }
        startWaiting(now);
        if (tripped != null) {
            throw tripped;
        }
        return alarms.untilNext(now, LONGEST_REST);
    }

    private void apart(Posts.Spot spot, long now, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            alarms.set(spot, now + AFTER_TRIPPING);
            tripped = tripped == null ? e : tripped;
        }
    }

    private void look(Posts.Spot spot, long now) {
        Post post = posts.of(spot.partition());
        for (TurnView turn : post.view.unfinished(spot.session())) {
            consider(spot, post, turn, now);
        }
        finishDeletions(spot.partition(), post, now);
    }

    private void consider(Posts.Spot spot, Post post, TurnView turn, long now) {
        if (novelty.wasStopOfEarlier(post, turn)) {
            post.view.forgetEarlyStop(turn);
        }
        Run run = runs.of(turn.id());
        if (run != null) {
            if (turn.stop() != null) {
                run.stop(turn.stop());
            }
            return;
        }
        Optional<Standing> standing =
                post.standing(workerId, turn.id().message().value(), settings.reserveSlots());
        if (!post.isCaughtUp() || takesNothing() || standing.isEmpty() || runs.isSettling(turn.id())) {
            return;
        }
        Decision decision = decider.decide(post.view, turn, now, standing.get());
        if (decision instanceof Decision.Wait && turn.hasLater() && !turn.isKnownNew() && !isNew(spot, turn, now)) {
            forget(turn);
            return; // it is looked at again
        }
        enqueue(spot, turn, decision, now);
    }

    /** Until there is room for it, nothing of what is to be done is claimed, so whoever has room may do it. */
    private void enqueue(Posts.Spot spot, TurnView turn, Decision decision, long now) {
        switch (decision) {
            case Decision.Skip _ -> forget(turn);
            case Decision.Wait(long until) -> lookAgain(spot, turn, until);
            case Decision.Watch(long until) -> lookAgain(spot, turn, until);
            case Decision.Start _, Decision.Stop _, Decision.Reject _ when !isNew(spot, turn, now) -> forget(turn);
            case Decision.Start _, Decision.TakeOver _, Decision.Stop _, Decision.Reject _ -> {
                boolean answers = answers(decision);
                (answers ? ending : waiting).remove(turn);
                (answers ? waiting : ending).add(spot.partition(), turn);
            }
        }
    }

    private void lookAgain(Posts.Spot spot, TurnView turn, long at) {
        forget(turn);
        alarms.set(spot, at);
    }

    private void forget(TurnView turn) {
        waiting.remove(turn);
        ending.remove(turn);
    }

    /** Whether a model is to be asked for it, which takes long; all else is a few records. */
    private static boolean answers(Decision decision) {
        return switch (decision) {
            case Decision.Start _ -> true;
            case Decision.TakeOver(Decision.Purpose purpose) -> purpose == Decision.Purpose.CONTINUE;
            case Decision.Skip _, Decision.Wait _, Decision.Watch _, Decision.Stop _, Decision.Reject _ -> false;
        };
    }

    /** Whether the stream may be started: no other one of its id was. A repeat is done with; what is not known is looked at again. */
    private boolean isNew(Posts.Spot spot, TurnView turn, long now) {
        Post post = posts.of(spot.partition());
        return switch (novelty.of(spot.partition(), post, turn, now)) {
            case Novelty.Known.New _ -> {
                novelty.forget(turn.id());
                if (post.view.knownNew(turn)) {
                    posts.touchAll(spot.partition());
                }
                yield true;
            }
            case Novelty.Known.Repeat _ -> {
                repeated(spot, post, turn, now);
                yield false;
            }
            case Novelty.Known.NotYet(long until) -> {
                alarms.set(spot, until);
                yield false;
            }
        };
    }

    private void repeated(Posts.Spot spot, Post post, TurnView turn, long now) {
        novelty.forget(turn.id());
        forget(turn);
        if (post.view.overElsewhere(turn, now)) {
            posts.touchAll(spot.partition());
        }
        posts.touch(spot.partition(), spot.session());
    }

    /** The store has answered for a stream. */
    void answered(int partition, Post post, StreamId stream, StoreAnswer answer, long now) {
        TurnView turn = post.view.find(stream);
        ChatStream command = turn == null ? null : turn.command();
        if (turn != null && command != null) {
            Posts.Spot spot = new Posts.Spot(partition, command.sessionKey());
            if (turn.hasLater()) {
                posts.touchAll(partition);
            }
            if (novelty.answered(post, turn, answer, now)) {
                repeated(spot, post, turn, now);
            }
            posts.touch(partition, command.sessionKey());
        }
        novelty.close(stream);
    }

    /** As long as there is room; what changed while it waited is decided anew. An end does not wait for room for an answer. */
    private void startWaiting(long now) {
        startWaiting(ending, () -> runs.ending() < MAX_ENDING, now);
        startWaiting(waiting, () -> runs.size() - runs.ending() < settings.maxRunning(), now);
    }

    private void startWaiting(Waiting queue, BooleanSupplier hasRoom, long now) {
        while (hasRoom.getAsBoolean() && !takesNothing()) {
            Waiting.Candidate next = queue.poll(now);
            if (next == null) {
                return;
            }
            TurnView turn = next.turn();
            if (runs.of(turn.id()) == null && turn.command() != null) {
                Posts.Spot spot =
                        new Posts.Spot(next.partition(), turn.command().sessionKey());
                apart(spot, now, () -> start(spot, turn, queue == waiting, now));
            }
        }
    }

    /** @param hasRoomFor whether there is room for an answer; else there is for an end */
    private void start(Posts.Spot spot, TurnView turn, boolean hasRoomFor, long now) {
        Post post = posts.of(spot.partition());
        Optional<Standing> standing =
                post.standing(workerId, turn.id().message().value(), settings.reserveSlots());
        if (standing.isEmpty()) {
            return;
        }
        Decision decision = decider.decide(post.view, turn, now, standing.get());
        Task task = task(decision, post, turn, now);
        if (task != null
                && answers(decision) == hasRoomFor
                && (task instanceof Task.TakeOver || isNew(spot, turn, now))) {
            launch(spot.partition(), post, turn, task);
        } else {
            enqueue(spot, turn, decision, now);
        }
    }

    private @Nullable Task task(Decision decision, Post post, TurnView turn, long now) {
        return switch (decision) {
            case Decision.Start _ -> answer(post, now);
            case Decision.TakeOver(Decision.Purpose purpose) -> takeOver(turn, purpose);
            case Decision.Stop(StopReason reason) -> new Task.EndStopped(reason);
            case Decision.Reject(var code) -> new Task.Refuse(code);
            case Decision.Skip _, Decision.Wait _, Decision.Watch _ -> null;
        };
    }

    /** Where another may have started it, too, or the log did not take what this worker wrote, the model waits for the log. */
    private Task answer(Post post, long now) {
        boolean doubtful = doubtfulUntil != null && now - doubtfulUntil < 0;
        boolean settled =
                post.owned && now - post.ownedSince >= settings.doubt().toNanos();
        return new Task.Answer(doubtful || !settled);
    }

    private static Task takeOver(TurnView turn, Decision.Purpose purpose) {
        StopReason reason = turn.stop();
        return new Task.TakeOver(purpose, reason == null ? StopReason.USER_CANCELLED : reason);
    }

    private void launch(int partition, Post post, TurnView turn, Task task) {
        forget(turn);
        ChatStream command = turn.command();
        if (command == null) {
            return;
        }
        int attempt = turn.log() instanceof StreamLog.Open open ? open.current().attempt() + 1 : 1;
        SessionKey session = command.sessionKey();
        Order order = new Order(
                new Appender.Address(partition, session, turn.traceparent(), post.view.folded()),
                Turn.of(command, turn.askedAt()),
                new Claim(attempt, tokens.get()),
                task,
                post.view.past(session, turn.id()),
                post.view.wasDeleted(session));
        if (task instanceof Task.TakeOver(Decision.Purpose purpose, StopReason _)) {
            observer.takeover(purpose);
        } else if (task instanceof Task.Refuse) {
            observer.refused();
        } else {
            observer.accepted();
        }
        runs.begun(outbox.start(order));
        post.view.launched(turn.id());
    }

    private void finishDeletions(int partition, Post post, long now) {
        if (!post.isCaughtUp() || takesNothing()) {
            return;
        }
        for (LogView.Deletion deletion : post.view.deletable()) {
            post.standing(workerId, deletion.session().session().value(), settings.reserveSlots())
                    .ifPresent(standing ->
                            delete(partition, post, deletion, decider.mayDeleteAt(post.view, deletion, standing), now));
        }
    }

    private void delete(int partition, Post post, LogView.Deletion deletion, long mine, long now) {
        if (now < mine) {
            alarms.set(new Posts.Spot(partition, deletion.session()), mine);
        } else if (post.deleting.add(deletion.session())) {
            outbox.delete(partition, deletion);
        }
    }
}
