package dev.parley.engine.desk;

import dev.parley.engine.run.Order;
import dev.parley.engine.run.Run;
import dev.parley.engine.view.Decider;
import dev.parley.engine.view.LogView;
import dev.parley.engine.view.Place;
import dev.parley.engine.view.RecordTime;
import dev.parley.engine.view.TurnView;
import dev.parley.schema.command.Command;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.Verdict;
import dev.parley.schema.repeats.AskedIds;
import dev.parley.schema.repeats.IdHash;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the views of the partitions and does what they call for. All methods are for one thread, the one that reads the log; nothing
 * here blocks. Whatever a run does comes back as records of the log, and only as those.
 */
public final class Desk {
    private static final Vocabulary<ChatEvent> EVENTS = Vocabulary.of(ChatEvent.class);

    private final String workerId;
    private final DeskSettings settings;
    private final Outbox outbox;
    private final DeskObserver observer;

    private final Posts posts;
    private final Runs runs = new Runs();
    private final Dispatcher dispatcher;

    private @Nullable Long actedAt;
    private Set<Integer> unheard = Set.of();

    /** What a desk sets going; none of it blocks. */
    public interface Outbox {
        /** Starts a run. Its last word must reach {@link #ended} on the desk's thread. */
        Run start(Order order);

        /**
         * Asks the store for a stream that may be older than the log. {@link Desk#answered} must follow.
         *
         * @param events all events of the partition before this offset must be in the store for its answer to count
         */
        void ask(int partition, StreamId stream, long events);

        /** Writes {@code conversation_deleted}. */
        void delete(int partition, LogView.Deletion deletion);

        /** Keeps a command that cannot be read apart. {@link #deadLetterKept} or {@link #deadLetterFailed} must follow. */
        void deadLetter(ConsumerRecord<String, byte[]> record, String reason);
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
        this.outbox = outbox;
        this.observer = observer;
        this.posts = new Posts(bounds, settings.mostIds());
        this.dispatcher = new Dispatcher(workerId, settings, decider, posts, runs, outbox, observer, tokens);
    }

    /** From where a partition is read: all before it is done with. It comes before its first record. */
    public void begins(int partition, Place start) {
        Post post = posts.of(partition);
        post.begin = start;
        post.commandsReached = start.commands();
        post.eventsReached = start.events();
        post.view.beginsAt(start.events());
    }

    /** Hashes ids for {@link #past}. From any thread. */
    public IdHash hash() {
        return posts.hash();
    }

    /** Commands from before this worker began to read. */
    public void past(int partition, List<AskedIds.Asked> commands) {
        Post post = posts.of(partition);
        commands.forEach(post.ids::add);
    }

    /**
     * All commands between two offsets were given to {@link #past}.
     *
     * @param from the oldest that the log has
     * @param end where this worker began to read; if it has begun anew at a later place, this says nothing
     */
    public void pastIsComplete(int partition, long from, long end) {
        Post post = posts.of(partition);
        if (post.begin.commands() <= end) {
            post.ids.completeFrom(from);
            posts.touchAll(partition);
        }
    }

    /** The log has no commands before this offset any more. */
    public void logBeginsAt(int partition, long offset) {
        posts.of(partition).ids.forgetBelow(offset);
    }

    /** What the store says of a stream. */
    public void answered(int partition, StreamId stream, StoreAnswer answer, long now) {
        dispatcher.answered(partition, posts.of(partition), stream, answer, now);
    }

    /**
     * Acts no more for a partition that shall not be read any longer, if nothing ties this worker to it: a run, or the group. What is
     * still read of it is folded. {@link #forget} must follow.
     *
     * @return whether it does so
     */
    public boolean retire(int partition) {
        Post post = posts.of(partition);
        if (post.owned || !post.isCaughtUp() || runs.areIn(partition)) {
            return false;
        }
        post.commandsCaughtUp = false;
        post.eventsCaughtUp = false;
        dispatcher.giveUpWaiting(post);
        return true;
    }

    /** Knows nothing more of a partition; no more of it is read until it {@link #begins} anew. */
    public void forget(int partition) {
        posts.forget(partition);
        runs.forget(partition);
    }

    /** Folds a record of {@code chat.commands}. */
    public void command(ConsumerRecord<String, byte[]> record, long now) {
        Post post = posts.of(record.partition());
        post.commandsReached = record.offset() + 1;
        switch (CommandRecords.read(record)) {
            case Decoded.Ok<Command>(Command command) -> {
                String traceparent = CloudEventHeaders.text(record.headers(), CloudEventHeaders.TRACEPARENT);
                post.ids.add(record.offset(), command);
                post.view.command(record.offset(), command, traceparent, timeOf(record), now);
                posts.touch(record.partition(), command.sessionKey());
                touchStopped(record.partition(), post, command);
            }
            case Decoded.UnknownType<Command> unknown -> unreadable(post, record, "unknown type " + unknown.type());
            case Decoded.Malformed<Command> malformed -> unreadable(post, record, malformed.reason());
        }
    }

    private static @Nullable Instant timeOf(ConsumerRecord<String, byte[]> record) {
        return record.timestamp() < 0 ? null : Instant.ofEpochMilli(record.timestamp());
    }

    /** A stop may name another session than the message did. */
    private void touchStopped(int partition, Post post, Command command) {
        if (command instanceof Command.StopGeneration stop) {
            TurnView turn = post.view.find(new StreamId(stop.userId(), stop.messageId()));
            if (turn != null && turn.command() != null) {
                posts.touch(partition, turn.command().sessionKey());
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
            Post post = posts.of(record.partition());
            post.view.command(record.offset(), stop, null, timeOf(record), now);
            posts.touch(record.partition(), stop.sessionKey());
            touchStopped(record.partition(), post, stop);
        }
    }

    /** Folds a record of {@code chat.events}. */
    public void event(ConsumerRecord<String, byte[]> record, long now) {
        Post post = posts.of(record.partition());
        if (post.eventsReached == post.begin.events()) {
            post.view.beginsAt(record.offset()); // the log may begin later than was wanted
        }
        post.eventsReached = record.offset() + 1;
        post.view.reached(record.offset());
        switch (EventHead.of(record)) {
            case EventHead.OfStream head -> {
                runs.read(head.stream(), record.offset());
                Verdict verdict = post.view.event(head, value(post, record), record.offset(), recordTime(record), now);
                observe(post, head, verdict, record);
                learnWhoActs(post, head, verdict, record, now);
                runs.tell(head, verdict, post.view);
                posts.touch(record.partition(), head.session());
            }
            case EventHead.OfSession head -> {
                post.view.conversationDeleted(head.session(), head.command(), head.folded(), record.offset(), now);
                posts.touchAll(record.partition()); // ids are new again, in whatever session they are asked for
                if (post.deleting.remove(head.session())) {
                    vacate(record.partition(), post); // as for a stream that it started: the owner did not
                }
                posts.touch(record.partition(), head.session());
            }
            case EventHead.Unreadable _ -> unreadableEvent(post);
        }
    }

    private static RecordTime recordTime(ConsumerRecord<?, ?> record) {
        return new RecordTime(record.timestamp(), record.timestampType() == TimestampType.LOG_APPEND_TIME);
    }

    private void unreadableEvent(Post post) {
        if (post.eventsCaughtUp) {
            observer.unreadable(Topics.EVENTS);
        }
    }

    /** What this worker heard in its time; what was in the log before it began counted then. */
    private void observe(Post post, EventHead.OfStream head, Verdict verdict, ConsumerRecord<String, byte[]> record) {
        if (verdict instanceof Verdict.Dropped dropped && post.eventsCaughtUp) {
            observer.dropped(dropped.reason());
        } else if (verdict instanceof Verdict.Accepted && head.entry() instanceof Entry.Start && runs.wrote(head)) {
            post.view.startedAfter(head.stream(), record.timestamp()).ifPresent(observer::started);
        }
    }

    private @Nullable ChatEvent value(Post post, ConsumerRecord<String, byte[]> record) {
        return switch (FrameCodec.decode(record.value(), EVENTS)) {
            case Decoded.Ok<ChatEvent>(ChatEvent event) -> event;
            case Decoded.UnknownType<ChatEvent> _ -> null;
            case Decoded.Malformed<ChatEvent> _ -> {
                unreadableEvent(post);
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
        Post post = posts.of(partition);
        post.leaver = leaver;
        post.leftAt = now;
        vacate(partition, post);
    }

    private void vacate(int partition, Post post) {
        if (!post.vacant && !post.owned) {
            post.vacant = true;
            posts.touchAll(partition);
        }
    }

    /** From here on the view knows all commands that were in the partition when it began to be read; or at least their stops. */
    public void commandsCaughtUp(int partition) {
        Post post = posts.of(partition);
        post.commandsCaughtUp = true;
        posts.touchAll(partition);
    }

    /** From here on the view knows all events that were in the partition when it began to be read. */
    public void eventsCaughtUp(int partition) {
        Post post = posts.of(partition);
        post.eventsCaughtUp = true;
        post.knownEvents = post.eventsReached;
        posts.touchAll(partition);
    }

    /** Whether all that was in these partitions when they began to be read is known. */
    public boolean isCaughtUp(Set<Integer> partitions) {
        return partitions.stream().allMatch(partition -> posts.of(partition).isCaughtUp());
    }

    /**
     * Of these partitions, and of no others, nothing would be heard now if there were anything: as long as that is so, silence there is
     * nobody's death.
     */
    public void hearsNothingOf(Set<Integer> partitions) {
        unheard = Set.copyOf(partitions);
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
            Post post = posts.of(partition);
            post.ownedSince = post.owned ? post.ownedSince : now;
            post.owned = true;
            post.hadIt = false;
            post.vacant = false;
            post.committed = Math.max(post.committed, offset);
            post.unreadable.forgetBelow(post.committed);
            posts.touchAll(partition);
        });
    }

    /** A run has written its last record. */
    public void ended(Run run, long now) {
        Order order = run.order();
        Post post = posts.of(order.address().partition());
        runs.ended(run, post.eventsReached);
        if (run.spent()) {
            dispatcher.doubt(now);
        }
        post.view.landed(order.stream());
        posts.touch(order.address().partition(), order.address().session());
    }

    public void deadLetterKept(int partition, long offset) {
        posts.of(partition).unreadable.kept(offset);
    }

    /** It is tried again. */
    public void deadLetterFailed(int partition, long offset, String reason) {
        posts.of(partition).unreadable.failed(offset, reason);
    }

    /** Writing a deletion failed; it is tried again. */
    public void deletionFailed(int partition, SessionKey session) {
        posts.of(partition).deleting.remove(session);
        posts.touch(partition, session);
    }

    /** Starts and takes over nothing from here on; what runs goes on. */
    public void drain() {
        dispatcher.drain();
    }

    /** Whether the log takes this worker's records. While it does not, nothing is started or taken over here. */
    public void canAppend(boolean able) {
        dispatcher.canAppend(able);
        if (able) {
            posts.forEach((partition, _) -> posts.touchAll(partition));
        }
    }

    /** The partitions that the group gives to this worker. */
    public Set<Integer> owned() {
        Set<Integer> owned = new HashSet<>();
        posts.forEach((partition, post) -> {
            if (post.owned) {
                owned.add(partition);
            }
        });
        return Set.copyOf(owned);
    }

    public int running() {
        return runs.size();
    }

    /** Messages that are not answered yet, whatever they wait for. */
    public int unfinished() {
        return posts.all().stream()
                .mapToInt(post -> post.view.unfinished().size())
                .sum();
    }

    /** Their text, in UTF-16 units. */
    public long unfinishedChars() {
        return posts.all().stream()
                .mapToLong(post -> post.view.unfinishedChars())
                .sum();
    }

    public int waiting() {
        return dispatcher.waiting();
    }

    /** For how long this worker has known the oldest message of its own partitions that nobody has started; zero without one. */
    public Duration oldestNotStarted(long now) {
        long oldest = now;
        for (Post post : posts.all()) {
            if (post.owned && post.isCaughtUp()) {
                oldest = Math.min(oldest, post.view.oldestNotStarted().orElse(now));
            }
        }
        return Duration.ofNanos(now - oldest);
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
        long sinceNanos = actedAt == null ? 0 : now - actedAt;
        boolean slept = sinceNanos > settings.stall().toNanos();
        if (slept || !unheard.isEmpty()) {
            dispatcher.doubt(now); // others may have started what is read now
        }
        posts.forEach((partition, post) -> {
            if (slept || unheard.contains(partition)) {
                post.view.awake(now, sinceNanos); // what was silent may only have been unheard
            }
        });
        actedAt = now;
        try {
            return dispatcher.act(now);
        } finally {
            deadLetters();
        }
    }

    private void deadLetters() {
        posts.all().stream().filter(post -> post.owned).forEach(post -> {
            for (Unreadable.Letter letter : post.unreadable.take()) {
                observer.unreadable(Topics.COMMANDS);
                outbox.deadLetter(letter.record(), letter.reason());
            }
        });
    }
}
