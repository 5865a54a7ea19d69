package dev.parley.engine.desk;

import dev.parley.engine.run.Appender;
import dev.parley.engine.run.Order;
import dev.parley.engine.run.Order.Task;
import dev.parley.engine.run.Run;
import dev.parley.engine.stream.Turn;
import dev.parley.engine.view.Decider;
import dev.parley.engine.view.Decision;
import dev.parley.engine.view.LogView;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the views of the partitions and does what they call for. All methods are for one thread, the one that reads the log; nothing
 * here blocks. Whatever a run does comes back as records of the log, and only as those.
 */
public final class Desk {
    private static final Vocabulary<ChatEvent> EVENTS = Vocabulary.of(ChatEvent.class);
    private static final int MAX_UNREADABLE = 1_000;
    private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(100);

    private final String workerId;
    private final DeskSettings settings;
    private final Decider decider;
    private final LogView.Bounds bounds;
    private final Outbox outbox;
    private final DeskObserver observer;
    private final Supplier<String> tokens;

    private final Map<Integer, Post> posts = new HashMap<>();
    private final Map<StreamId, Run> running = new HashMap<>();
    /** Streams whose run is over, with its last offset: what it wrote is not in the view yet, so nothing can be decided. */
    private final Map<StreamId, Long> settling = new HashMap<>();

    private final Waiting waiting;
    private final Set<Place> touched = new LinkedHashSet<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    /** The earliest alarm of a place: later ones are not kept, it sets them anew. */
    private final Map<Place, Long> armed = new HashMap<>();

    private @Nullable Long actedAt;
    private boolean draining;

    /** What a desk sets going; none of it blocks. */
    public interface Outbox {
        /** Starts a run. Its last word must reach {@link #ended} on the desk's thread. */
        Run start(Order order);

        /** Writes {@code conversation_deleted}. */
        void delete(int partition, SessionKey session);

        /** Keeps a command that cannot be read apart. {@link #deadLetterKept} or {@link #deadLetterFailed} must follow. */
        void deadLetter(ConsumerRecord<String, byte[]> record, String reason);
    }

    private record Place(int partition, SessionKey session) {}

    private record Alarm(long at, Place place) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            return Long.compare(at, other.at);
        }
    }

    /** One partition at this desk. */
    private static final class Post {
        final LogView view;
        final TreeMap<Long, ConsumerRecord<String, byte[]>> unreadable = new TreeMap<>();
        final Map<Long, String> reasons = new HashMap<>();
        final Set<SessionKey> deleting = new LinkedHashSet<>();
        boolean caughtUp;
        boolean owned;
        long committed;
        long reached;
        long eventsReached;

        Post(LogView view) {
            this.view = view;
        }
    }

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

    /** Folds a record of {@code chat.commands}. */
    public void command(ConsumerRecord<String, byte[]> record, long now) {
        Post post = post(record.partition());
        post.reached = record.offset() + 1;
        switch (CommandRecords.read(record)) {
            case Decoded.Ok<Command>(Command command) -> {
                String traceparent = CloudEventHeaders.text(record.headers(), CloudEventHeaders.TRACEPARENT);
                post.view.command(record.offset(), command, traceparent, now);
                touched.add(new Place(record.partition(), command.sessionKey()));
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
                touched.add(new Place(partition, turn.command().sessionKey()));
            }
        }
    }

    private void unreadable(Post post, ConsumerRecord<String, byte[]> record, String reason) {
        if (record.offset() >= post.committed) {
            post.unreadable.put(record.offset(), record);
            post.reasons.put(record.offset(), reason);
            if (!post.owned && post.unreadable.size() > MAX_UNREADABLE) {
                post.reasons.remove(post.unreadable.pollFirstEntry().getKey());
            }
        }
    }

    /** Folds a record of {@code chat.events}. */
    public void event(ConsumerRecord<String, byte[]> record, long now) {
        Post post = post(record.partition());
        post.eventsReached = record.offset() + 1;
        switch (EventHead.of(record)) {
            case EventHead.OfStream head -> {
                settling.computeIfPresent(head.stream(), (_, last) -> record.offset() < last ? last : null);
                Verdict verdict = post.view.event(head, value(record), record.timestamp(), now);
                if (verdict instanceof Verdict.Dropped dropped) {
                    observer.dropped(dropped.reason());
                }
                tell(post, head, verdict);
                touched.add(new Place(record.partition(), head.session()));
            }
            case EventHead.OfSession head -> {
                post.view.conversationDeleted(head.session(), now);
                post.deleting.remove(head.session());
                touched.add(new Place(record.partition(), head.session()));
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

    /** Tells the run of a stream what the log says of it. */
    private void tell(Post post, EventHead.OfStream head, Verdict verdict) {
        Run run = running.get(head.stream());
        if (run == null) {
            return;
        }
        Entry entry = head.entry();
        Claim claim = run.order().claim();
        boolean own = entry.claim().equals(claim);
        boolean accepted = verdict instanceof Verdict.Accepted;
        boolean moves = entry instanceof Entry.Start || entry instanceof Entry.Takeover;
        if (own && !accepted) {
            run.lost();
        } else if (!own && accepted && moves && entry.claim().attempt() >= claim.attempt()) {
            run.lost();
        } else if (own && entry instanceof Entry.Takeover) {
            TurnView turn = post.view.find(head.stream());
            if (turn != null) {
                run.won(turn.written(), turn.elapsedMs());
            }
        }
    }

    /** From here on the view knows all that was in the partition when this worker started. */
    public void caughtUp(int partition) {
        Post post = post(partition);
        post.caughtUp = true;
        touchAll(partition, post);
    }

    /** @param committed of each partition that the group gives to this worker; all others are no longer its own */
    public void owns(Map<Integer, Long> committed) {
        posts.values().forEach(post -> post.owned = false);
        committed.forEach((partition, offset) -> {
            Post post = post(partition);
            post.owned = true;
            post.committed = Math.max(post.committed, offset);
            post.unreadable.headMap(post.committed).clear();
            touchAll(partition, post);
        });
    }

    /** A run has written its last record. */
    public void ended(Run run) {
        Post post = post(run.order().address().partition());
        LogView view = post.view;
        running.remove(run.order().stream(), run);
        if (run.lastOffset() >= post.eventsReached) {
            settling.put(run.order().stream(), run.lastOffset());
        }
        view.landed(run.order().stream());
        if (run.foundOver()) {
            view.overElsewhere(run.order().stream());
        }
        touched.add(new Place(
                run.order().address().partition(), run.order().address().session()));
    }

    public void deadLetterKept(int partition, long offset) {
        post(partition).unreadable.remove(offset);
    }

    /** It is tried again. */
    public void deadLetterFailed(int partition, long offset, String reason) {
        post(partition).reasons.put(offset, reason);
    }

    /** Writing a deletion failed; it is tried again. */
    public void deletionFailed(int partition, SessionKey session) {
        post(partition).deleting.remove(session);
        touched.add(new Place(partition, session));
    }

    /** Starts and takes over nothing from here on; what runs goes on. */
    public void drain() {
        draining = true;
    }

    public int running() {
        return running.size();
    }

    /** Messages that are not answered yet, whatever they wait for. */
    public int unfinished() {
        return posts.values().stream()
                .mapToInt(post -> post.view.unfinished().size())
                .sum();
    }

    public int waiting() {
        return waiting.size();
    }

    /** Gives up what still runs. */
    public void release(String reason) {
        running.values().forEach(run -> run.release(reason));
    }

    /** Offsets below which every command of the owned partitions is done with. */
    public Map<Integer, Long> done() {
        Map<Integer, Long> done = new HashMap<>();
        posts.forEach((partition, post) -> {
            if (post.owned && post.caughtUp) {
                Long unfinished = post.view.lowestUnfinished();
                long offset = unfinished == null ? post.reached : unfinished;
                if (!post.unreadable.isEmpty()) {
                    offset = Math.min(offset, post.unreadable.firstKey());
                }
                done.put(partition, Math.max(post.committed, offset));
            }
        });
        return done;
    }

    /** Does what is due. @return in how many nanoseconds something may be due again */
    public long act(long now) {
        if (actedAt != null && now - actedAt > settings.stall().toNanos()) {
            posts.values().forEach(post -> post.view.awake(now)); // what was silent may only have been unheard
        }
        actedAt = now;
        while (!alarms.isEmpty() && alarms.peek().at() <= now) {
            Alarm due = alarms.poll();
            if (armed.remove(due.place(), due.at())) {
                touched.add(due.place());
            }
        }
        for (Place place : List.copyOf(touched)) {
            Post post = post(place.partition());
            for (TurnView turn : post.view.unfinished(place.session())) {
                consider(place, post, turn, now);
            }
            finishDeletions(place.partition(), post);
        }
        touched.clear();
        startWaiting(now);
        deadLetters();
        return alarms.isEmpty() ? LONGEST_REST : Math.clamp(alarms.peek().at() - now, 0, LONGEST_REST);
    }

    private void consider(Place place, Post post, TurnView turn, long now) {
        Run run = running.get(turn.id());
        if (run != null) {
            if (turn.stop() != null) {
                run.stop(turn.stop());
            }
            return;
        }
        int rank = rank(post, turn.id());
        if (!post.caughtUp || draining || rank < 0 || settling.containsKey(turn.id())) {
            return;
        }
        switch (decider.decide(post.view, turn, now, rank)) {
            case Decision.Skip _ -> waiting.remove(turn.id());
            case Decision.Wait(long until) -> remind(place, until);
            case Decision.Watch(long until) -> remind(place, until);
            case Decision.Start _ -> waiting.add(place.partition(), turn);
            case Decision.TakeOver(Decision.Purpose purpose) -> {
                if (purpose == Decision.Purpose.CONTINUE) {
                    waiting.add(place.partition(), turn);
                } else {
                    launch(place.partition(), post, turn, takeOver(turn, purpose));
                }
            }
            case Decision.Stop(StopReason reason) -> launch(place.partition(), post, turn, new Task.EndStopped(reason));
            case Decision.Reject(var code) -> {
                observer.refused();
                launch(place.partition(), post, turn, new Task.Refuse(code));
            }
        }
    }

    private void remind(Place place, long until) {
        Long set = armed.get(place);
        if (until != Decision.UNTIL_THE_LOG_SAYS && (set == null || until < set)) {
            armed.put(place, until);
            alarms.add(new Alarm(until, place));
        }
    }

    /** As long as there is room; what changed while it waited is decided anew. */
    private void startWaiting(long now) {
        while (running.size() < settings.maxRunning() && !draining) {
            Waiting.Candidate next = waiting.poll(now);
            if (next == null) {
                return;
            }
            Post post = post(next.partition());
            TurnView turn = next.turn();
            if (running.containsKey(turn.id()) || turn.command() == null) {
                continue;
            }
            Place place = new Place(next.partition(), turn.command().sessionKey());
            switch (decider.decide(post.view, turn, now, rank(post, turn.id()))) {
                case Decision.Start _ -> launch(next.partition(), post, turn, new Task.Answer());
                case Decision.TakeOver(Decision.Purpose purpose) ->
                    launch(next.partition(), post, turn, takeOver(turn, purpose));
                case Decision.Skip _ -> {}
                case Decision.Wait(long until) -> remind(place, until);
                case Decision.Watch(long until) -> remind(place, until);
                case Decision.Stop(StopReason reason) ->
                    launch(next.partition(), post, turn, new Task.EndStopped(reason));
                case Decision.Reject(var code) -> launch(next.partition(), post, turn, new Task.Refuse(code));
            }
        }
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
        running.put(turn.id(), outbox.start(order));
    }

    private void finishDeletions(int partition, Post post) {
        if (!post.owned || !post.caughtUp || draining) {
            return;
        }
        for (SessionKey session : post.view.deletable()) {
            if (post.deleting.add(session)) {
                outbox.delete(partition, session);
            }
        }
    }

    private void deadLetters() {
        posts.values().stream().filter(post -> post.owned).forEach(post -> {
            for (Long offset : new ArrayList<>(post.reasons.keySet())) {
                ConsumerRecord<String, byte[]> record = post.unreadable.get(offset);
                String reason = post.reasons.remove(offset);
                if (record != null && reason != null) {
                    observer.unreadable(Topics.COMMANDS);
                    outbox.deadLetter(record, reason);
                }
            }
        });
    }

    /** 0 for the owner; the others are spread over the reserve ranks, differently for each stream; -1: not this worker's. */
    private int rank(Post post, StreamId stream) {
        if (post.owned) {
            return 0;
        }
        return settings.reserveSlots() == 0
                ? -1
                : 1 + Math.floorMod((workerId + '/' + stream.message()).hashCode(), settings.reserveSlots());
    }

    private void touchAll(int partition, Post post) {
        for (TurnView turn : post.view.unfinished()) {
            if (turn.command() != null) {
                touched.add(new Place(partition, turn.command().sessionKey()));
            }
        }
        post.view.deletable().forEach(session -> touched.add(new Place(partition, session)));
    }

    private Post post(int partition) {
        return posts.computeIfAbsent(partition, _ -> new Post(new LogView(bounds)));
    }
}
