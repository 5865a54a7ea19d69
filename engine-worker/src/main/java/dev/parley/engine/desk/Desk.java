package dev.parley.engine.desk;

import dev.parley.engine.run.Appender;
import dev.parley.engine.run.Order;
import dev.parley.engine.run.Order.Task;
import dev.parley.engine.run.Run;
import dev.parley.engine.stream.Turn;
import dev.parley.engine.view.Decider;
import dev.parley.engine.view.Decision;
import dev.parley.engine.view.LogView;
import dev.parley.engine.view.Place;
import dev.parley.engine.view.Standing;
import dev.parley.engine.view.TurnView;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the views of the partitions and does what they call for. All methods are for one thread, the one that reads the log; nothing
 * here blocks. Whatever a run does comes back as records of the log, and only as those.
 */
public final class Desk {
    private static final Vocabulary<ChatEvent> EVENTS = Vocabulary.of(ChatEvent.class);
    private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(100);

    private final String workerId;
    private final DeskSettings settings;
    private final Decider decider;
    private final LogView.Bounds bounds;
    private final Outbox outbox;
    private final DeskObserver observer;
    private final Supplier<String> tokens;

    private final Map<Integer, Post> posts = new HashMap<>();
    private final Runs runs = new Runs();
    private final Waiting waiting;
    private final Set<Spot> touched = new LinkedHashSet<>();
    private final Alarms<Spot> alarms = new Alarms<>();

    private @Nullable Long actedAt;
    private @Nullable Long doubtfulUntil;
    private boolean draining;

    /** What a desk sets going; none of it blocks. */
    public interface Outbox {
        /** Starts a run. Its last word must reach {@link #ended} on the desk's thread. */
        Run start(Order order);

        /** Writes {@code conversation_deleted}. */
        void delete(int partition, LogView.Deletion deletion);

        /** Keeps a command that cannot be read apart. {@link #deadLetterKept} or {@link #deadLetterFailed} must follow. */
        void deadLetter(ConsumerRecord<String, byte[]> record, String reason);
    }

    private record Spot(int partition, SessionKey session) {}

    public Desk(
            String workerId,
            DeskSettings settings,
            Decider decider,
            LogView.Bounds bounds,
            Outbox outbox,
            DeskObserver observer,
            Supplier<String> tokens) {
        this.workerId = workerId;
        this.settings = settings;
        this.decider = decider;
        this.bounds = bounds;
        this.outbox = outbox;
        this.observer = observer;
        this.tokens = tokens;
        this.waiting = new Waiting(settings.agingStep());
    }

    /** From where a partition is read: all before it is done with. It comes before its first record. */
    public void begins(int partition, Place start) {
        Post post = post(partition);
        post.commandsReached = start.commands();
        post.eventsReached = start.events();
    }

    /**
     * Acts no more for a partition that shall not be read any longer, if nothing ties this worker to it: a run, or the group. What is
     * still read of it is folded. {@link #forget} must follow.
     *
     * @return whether it does so
     */
    public boolean retire(int partition) {
        Post post = post(partition);
        if (post.owned || !post.isCaughtUp() || runs.areIn(partition)) {
            return false;
        }
        post.commandsCaughtUp = false;
        post.eventsCaughtUp = false;
        post.view.unfinished().forEach(turn -> waiting.remove(turn.id()));
        return true;
    }

    /** Knows nothing more of a partition; no more of it is read until it {@link #begins} anew. */
    public void forget(int partition) {
        posts.computeIfPresent(partition, (_, post) -> post.anew(new LogView(bounds)));
        runs.forget(partition);
    }

    /** Folds a record of {@code chat.commands}. */
    public void command(ConsumerRecord<String, byte[]> record, long now) {
        Post post = post(record.partition());
        post.commandsReached = record.offset() + 1;
        switch (CommandRecords.read(record)) {
            case Decoded.Ok<Command>(Command command) -> {
                String traceparent = CloudEventHeaders.text(record.headers(), CloudEventHeaders.TRACEPARENT);
                post.view.command(record.offset(), command, traceparent, now);
                touched.add(new Spot(record.partition(), command.sessionKey()));
                touchStopped(record.partition(), post, command);
            }
            case Decoded.UnknownType<Command> unknown -> unreadable(post, record, "unknown type " + unknown.type());
            case Decoded.Malformed<Command> malformed -> unreadable(post, record, malformed.reason());
        }
    }

    /** A stop may name another session than the message did. */
    private void touchStopped(int partition, Post post, Command command) {
        if (command instanceof Command.StopGeneration stop) {
            TurnView turn = post.view.find(new StreamId(stop.userId(), stop.messageId()));
            if (turn != null && turn.command() != null) {
                touched.add(new Spot(partition, turn.command().sessionKey()));
            }
        }
    }

    private void unreadable(Post post, ConsumerRecord<String, byte[]> record, String reason) {
        if (record.offset() >= post.committed) {
            post.unreadable.add(record, reason, post.owned);
        }
    }

    /** Hears a stop before its turn, while commands wait to be read; it is folded again in its turn. Other commands are ignored. */
    public void stopAhead(ConsumerRecord<String, byte[]> record, long now) {
        if (CommandRecords.read(record) instanceof Decoded.Ok<Command>(Command.StopGeneration stop)) {
            Post post = post(record.partition());
            post.view.command(record.offset(), stop, null, now);
            touched.add(new Spot(record.partition(), stop.sessionKey()));
            touchStopped(record.partition(), post, stop);
        }
    }

    /** Folds a record of {@code chat.events}. */
    public void event(ConsumerRecord<String, byte[]> record, long now) {
        Post post = post(record.partition());
        post.eventsReached = record.offset() + 1;
        switch (EventHead.of(record)) {
            case EventHead.OfStream head -> {
                runs.read(head.stream(), record.offset());
                Verdict verdict = post.view.event(head, value(record), record.offset(), record.timestamp(), now);
                if (verdict instanceof Verdict.Dropped dropped) {
                    observer.dropped(dropped.reason());
                }
                learnWhoActs(post, head, verdict, record, now);
                runs.tell(head, verdict, post.view);
                touched.add(new Spot(record.partition(), head.session()));
            }
            case EventHead.OfSession head -> {
                Long command = CloudEventHeaders.number(record.headers(), CloudEventHeaders.COMMAND_OFFSET);
                post.view.conversationDeleted(head.session(), command, record.offset(), now);
                post.deleting.remove(head.session());
                touched.add(new Spot(record.partition(), head.session()));
            }
            case EventHead.Unreadable _ -> observer.unreadable(Topics.EVENTS);
        }
    }

    private @Nullable ChatEvent value(ConsumerRecord<String, byte[]> record) {
        return switch (FrameCodec.decode(record.value(), EVENTS)) {
            case Decoded.Ok<ChatEvent>(ChatEvent event) -> event;
            case Decoded.UnknownType<ChatEvent> _ -> null;
            case Decoded.Malformed<ChatEvent> _ -> {
                observer.unreadable(Topics.EVENTS);
                yield null;
            }
        };
    }

    /**
     * Who had to do the owner's work is its deputy from then on, so that only one message waits for a lease when an owner dies. Who hears
     * another start a stream leaves it to that one; not to one that has just left: that start was on its way when it did.
     */
    private void learnWhoActs(
            Post post, EventHead.OfStream head, Verdict verdict, ConsumerRecord<String, byte[]> record, long now) {
        if (!(verdict instanceof Verdict.Accepted) || !Runs.moves(head.entry())) {
            return;
        }
        String starter = CloudEventHeaders.text(record.headers(), CloudEventHeaders.WORKER_ID);
        if (runs.wrote(head) || workerId.equals(starter)) { // its run may be over by now
            vacate(record.partition(), post);
        } else if (head.entry() instanceof Entry.Start && !hasJustLeft(post, starter, now)) {
            post.hadIt = false;
            post.vacant = false;
        }
    }

    private boolean hasJustLeft(Post post, @Nullable String worker, long now) {
        return post.leaver.equals(worker)
                && now - post.leftAt < settings.doubt().toNanos();
    }

    /** Whoever had the partition from the group says that it is gone. */
    public void vacated(int partition, String leaver, long now) {
        Post post = post(partition);
        post.leaver = leaver;
        post.leftAt = now;
        vacate(partition, post);
    }

    private void vacate(int partition, Post post) {
        if (!post.vacant && !post.owned) {
            post.vacant = true;
            touchAll(partition, post);
        }
    }

    /** From here on the view knows all commands that were in the partition when it began to be read; or at least their stops. */
    public void commandsCaughtUp(int partition) {
        Post post = post(partition);
        post.commandsCaughtUp = true;
        touchAll(partition, post);
    }

    /** From here on the view knows all events that were in the partition when it began to be read. */
    public void eventsCaughtUp(int partition) {
        Post post = post(partition);
        post.eventsCaughtUp = true;
        touchAll(partition, post);
    }

    /** Whether all that was in these partitions when they began to be read is known. */
    public boolean isCaughtUp(Set<Integer> partitions) {
        return partitions.stream().allMatch(partition -> post(partition).isCaughtUp());
    }

    /**
     * What the group gives to this worker. Whom it gives the rest to will hear of that at a time of its own, so this worker stands in for
     * what it had until another starts a stream there.
     *
     * @param committed of each partition that is its own
     */
    public void owns(Map<Integer, Long> committed, long now) {
        posts.forEach((partition, post) -> {
            if (post.owned && !committed.containsKey(partition)) {
                post.owned = false;
                post.hadIt = true;
                vacate(partition, post);
            }
        });
        committed.forEach((partition, offset) -> {
            Post post = post(partition);
            post.ownedSince = post.owned ? post.ownedSince : now;
            post.owned = true;
            post.hadIt = false;
            post.vacant = false;
            post.committed = Math.max(post.committed, offset);
            post.unreadable.forgetBelow(post.committed);
            touchAll(partition, post);
        });
    }

    /** A run has written its last record. */
    public void ended(Run run, long now) {
        Order order = run.order();
        Post post = post(order.address().partition());
        runs.ended(run, post.eventsReached);
        if (run.spent()) {
            doubtfulUntil = now + settings.doubt().toNanos();
        }
        post.view.landed(order.stream());
        if (run.foundOver()) {
            post.view.overElsewhere(order.stream(), now);
        }
        touched.add(new Spot(order.address().partition(), order.address().session()));
    }

    public void deadLetterKept(int partition, long offset) {
        post(partition).unreadable.kept(offset);
    }

    /** It is tried again. */
    public void deadLetterFailed(int partition, long offset, String reason) {
        post(partition).unreadable.failed(offset, reason);
    }

    /** Writing a deletion failed; it is tried again. */
    public void deletionFailed(int partition, SessionKey session) {
        post(partition).deleting.remove(session);
        touched.add(new Spot(partition, session));
    }

    /** Starts and takes over nothing from here on; what runs goes on. */
    public void drain() {
        draining = true;
    }

    /** The partitions that the group gives to this worker. */
    public Set<Integer> owned() {
        return posts.keySet().stream()
                .filter(partition -> post(partition).owned)
                .collect(Collectors.toUnmodifiableSet());
    }

    public int running() {
        return runs.size();
    }

    /** Messages that are not answered yet, whatever they wait for. */
    public int unfinished() {
        return posts.values().stream()
                .mapToInt(post -> post.view.unfinished().size())
                .sum();
    }

    /** Their text, in UTF-16 units. */
    public long unfinishedChars() {
        return posts.values().stream()
                .mapToLong(post -> post.view.unfinishedChars())
                .sum();
    }

    public int waiting() {
        return waiting.size();
    }

    /** Gives up what still runs. */
    public void release(String reason) {
        runs.release(reason);
    }

    /** Offsets below which every command of the owned partitions is done with. */
    public Map<Integer, Long> done() {
        Map<Integer, Long> done = new HashMap<>();
        posts.forEach((partition, post) -> {
            if (post.owned && post.isCaughtUp()) {
                done.put(partition, post.done());
            }
        });
        return done;
    }

    /**
     * Of the owned partitions, from where another worker must read to know what this one does.
     *
     * @param current whether commands are read as they come
     */
    public Map<Integer, Place> checkpoints(boolean current, long now) {
        Map<Integer, Place> places = new HashMap<>();
        posts.forEach((partition, post) -> {
            if (post.owned && post.isCaughtUp()) {
                places.put(partition, post.checkpoint(current, now));
            }
        });
        return places;
    }

    /** Does what is due. @return in how many nanoseconds something may be due again */
    public long act(long now) {
        long sleptNanos = actedAt == null ? 0 : now - actedAt;
        if (sleptNanos > settings.stall().toNanos()) {
            posts.values()
                    .forEach(post -> post.view.awake(now, sleptNanos)); // what was silent may only have been unheard
        }
        actedAt = now;
        alarms.ring(now, touched::add);
        for (Spot spot : List.copyOf(touched)) {
            Post post = post(spot.partition());
            for (TurnView turn : post.view.unfinished(spot.session())) {
                consider(spot, post, turn, now);
            }
            finishDeletions(spot.partition(), post);
        }
        touched.clear();
        startWaiting(now);
        deadLetters();
        return alarms.untilNext(now, LONGEST_REST);
    }

    private void consider(Spot spot, Post post, TurnView turn, long now) {
        Run run = runs.of(turn.id());
        if (run != null) {
            if (turn.stop() != null) {
                run.stop(turn.stop());
            }
            return;
        }
        Optional<Standing> standing = post.standing(workerId, turn.id(), settings.reserveSlots());
        if (!post.isCaughtUp() || draining || standing.isEmpty() || runs.isSettling(turn.id())) {
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
        while (runs.size() < settings.maxRunning() && !draining) {
            Waiting.Candidate next = waiting.poll(now);
            if (next == null) {
                return;
            }
            Post post = post(next.partition());
            TurnView turn = next.turn();
            if (runs.of(turn.id()) != null || turn.command() == null) {
                continue;
            }
            Spot spot = new Spot(next.partition(), turn.command().sessionKey());
            Optional<Standing> standing = post.standing(workerId, turn.id(), settings.reserveSlots());
            if (standing.isEmpty()) {
                continue;
            }
            switch (decider.decide(post.view, turn, now, standing.get())) {
                case Decision.Start _ -> launch(next.partition(), post, turn, answer(post, now));
                case Decision.TakeOver(Decision.Purpose purpose) ->
                    launch(next.partition(), post, turn, takeOver(turn, purpose));
                case Decision.Skip _ -> {}
                case Decision.Wait(long until) -> alarms.set(spot, until);
                case Decision.Watch(long until) -> alarms.set(spot, until);
                case Decision.Stop(StopReason reason) ->
                    launch(next.partition(), post, turn, new Task.EndStopped(reason));
                case Decision.Reject(var code) -> launch(next.partition(), post, turn, new Task.Refuse(code));
            }
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
                Turn.of(command),
                new Claim(attempt, tokens.get()),
                task,
                post.view.past(session, turn.id()),
                post.view.wasDeleted(session));
        if (task instanceof Task.TakeOver) {
            observer.takeover();
        } else {
            observer.accepted();
        }
        post.view.launched(turn.id());
        runs.begun(outbox.start(order));
    }

    private void finishDeletions(int partition, Post post) {
        if (!post.owned || !post.isCaughtUp() || draining) {
            return;
        }
        for (LogView.Deletion deletion : post.view.deletable()) {
            if (post.deleting.add(deletion.session())) {
                outbox.delete(partition, deletion);
            }
        }
    }

    private void deadLetters() {
        posts.values().stream().filter(post -> post.owned).forEach(post -> {
            for (Unreadable.Letter letter : post.unreadable.take()) {
                observer.unreadable(Topics.COMMANDS);
                outbox.deadLetter(letter.record(), letter.reason());
            }
        });
    }

    private void touchAll(int partition, Post post) {
        for (TurnView turn : post.view.unfinished()) {
            if (turn.command() != null) {
                touched.add(new Spot(partition, turn.command().sessionKey()));
            }
        }
        post.view.deletable().forEach(deletion -> touched.add(new Spot(partition, deletion.session())));
    }

    private Post post(int partition) {
        return posts.computeIfAbsent(partition, _ -> new Post(new LogView(bounds)));
    }
}
