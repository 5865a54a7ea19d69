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
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.StreamLog;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Does what the views of a desk call for: starts runs, within bounds, stops them, and finishes deletions. Not thread-safe. */
final class Dispatcher {
    private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long AFTER_TRIPPING = TimeUnit.SECONDS.toNanos(1);

    private final String workerId;
    private final DeskSettings settings;
    private final Decider decider;
    private final Posts posts;
    private final Runs runs;
    private final Desk.Outbox outbox;
    private final DeskObserver observer;
    private final Supplier<String> tokens;

    private final Waiting waiting;
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
    }

    int waiting() {
        return waiting.size();
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
        post.view.unfinished().forEach(turn -> waiting.remove(turn.id()));
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
        switch (decider.decide(post.view, turn, now, standing.get())) {
            case Decision.Skip _ -> waiting.remove(turn.id());
            case Decision.Wait(long until) -> alarms.set(spot, until);
            case Decision.Watch(long until) -> alarms.set(spot, until);
            case Decision.Start _ -> waiting.add(spot.partition(), turn);
            case Decision.TakeOver(Decision.Purpose purpose) -> {
                if (purpose == Decision.Purpose.CONTINUE) {
                    waiting.add(spot.partition(), turn);
                } else {
                    launch(spot.partition(), post, turn, takeOver(turn, purpose));
                }
            }
            case Decision.Stop(StopReason reason) -> launch(spot.partition(), post, turn, new Task.EndStopped(reason));
            case Decision.Reject(var code) -> {
                observer.refused();
                launch(spot.partition(), post, turn, new Task.Refuse(code));
            }
        }
    }

    /** As long as there is room; what changed while it waited is decided anew. */
    private void startWaiting(long now) {
        while (runs.size() < settings.maxRunning() && !takesNothing()) {
            Waiting.Candidate next = waiting.poll(now);
            if (next == null) {
                return;
            }
            TurnView turn = next.turn();
            if (runs.of(turn.id()) == null && turn.command() != null) {
                Posts.Spot spot =
                        new Posts.Spot(next.partition(), turn.command().sessionKey());
                apart(spot, now, () -> start(spot, turn, now));
            }
        }
    }

    private void start(Posts.Spot spot, TurnView turn, long now) {
        Post post = posts.of(spot.partition());
        Optional<Standing> standing =
                post.standing(workerId, turn.id().message().value(), settings.reserveSlots());
        if (standing.isEmpty()) {
            return;
        }
        switch (decider.decide(post.view, turn, now, standing.get())) {
            case Decision.Start _ -> launch(spot.partition(), post, turn, answer(post, now));
            case Decision.TakeOver(Decision.Purpose purpose) ->
                launch(spot.partition(), post, turn, takeOver(turn, purpose));
            case Decision.Skip _ -> {}
            case Decision.Wait(long until) -> alarms.set(spot, until);
            case Decision.Watch(long until) -> alarms.set(spot, until);
            case Decision.Stop(StopReason reason) -> launch(spot.partition(), post, turn, new Task.EndStopped(reason));
            case Decision.Reject(var code) -> launch(spot.partition(), post, turn, new Task.Refuse(code));
        }
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
        waiting.remove(turn.id());
        ChatStream command = turn.command();
        if (command == null) {
            return;
        }
        int attempt = turn.log() instanceof StreamLog.Open open ? open.current().attempt() + 1 : 1;
        SessionKey session = command.sessionKey();
        Order order = new Order(
                new Appender.Address(partition, session, turn.traceparent()),
                Turn.of(command, turn.askedAt()),
                new Claim(attempt, tokens.get()),
                task,
                post.view.past(session, turn.id()),
                post.view.wasDeleted(session));
        if (task instanceof Task.TakeOver(Decision.Purpose purpose, StopReason _)) {
            observer.takeover(purpose);
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
