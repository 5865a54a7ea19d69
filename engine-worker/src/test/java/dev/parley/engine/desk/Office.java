package dev.parley.engine.desk;

import dev.parley.engine.run.Order;
import dev.parley.engine.run.Run;
import dev.parley.engine.stream.Written;
import dev.parley.engine.view.Decider;
import dev.parley.engine.view.Decision;
import dev.parley.engine.view.LogView;
import dev.parley.engine.view.Place;
import dev.parley.engine.view.ViewSettings;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.event.ChatEvent.ConversationDeleted;
import dev.parley.schema.event.ChatEvent.StreamTakeover;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.repeats.AskedIds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;

/** A desk with one partition, the log that it reads, and what it has set going. Nothing runs; the test says what the log has. */
final class Office {
    static final Duration LEASE = Duration.ofSeconds(3);
    static final Duration DEPUTY_STEP = Duration.ofMillis(25);
    /** Later than any deputy, and sooner than any reserve. */
    static final Duration SOON = DEPUTY_STEP.multipliedBy(8);

    static final int MAX_RUNNING = 10;
    static final String OTHER = "other";
    private static final String ME = "me";

    private static final UserId USER = new UserId("ada");
    private static final SessionKey SESSION = session("s");
    private static final EventRecords OTHERS = new EventRecords(OTHER);

    final List<Started> started = new ArrayList<>();
    /** The commands of the deletions that the desk had written. */
    final List<Long> deletions = new ArrayList<>();

    /** Streams for which the desk asked the store. */
    final List<StreamId> questions = new ArrayList<>();

    /** What the desk said of records that do not count. */
    final List<DropReason> dropped = new ArrayList<>();
    /** Topics of records that cannot be read, as the desk said. */
    final List<String> unreadable = new ArrayList<>();
    /** From commands to this worker's starts, as the desk said. */
    final List<Duration> lags = new ArrayList<>();
    /** Why the desk took streams over, as it said. */
    final List<Decision.Purpose> takeovers = new ArrayList<>();

    private final Desk desk = new Desk(
            ME,
            new DeskSettings(MAX_RUNNING, Duration.ofSeconds(5), 4, LEASE, Duration.ofDays(1), 1_000),
            new Decider(
                    new ViewSettings(LEASE, Duration.ofSeconds(2), Duration.ofMillis(250), DEPUTY_STEP, 5, true, 100)),
            new LogView.Bounds(100_000, 10, 100, 10, Duration.ofMinutes(1), LEASE),
            new Outbox(),
            new Watching(),
            () -> "mine");
    /** Whether the next start of a run fails. */
    boolean stumbles;

    private long now;
    private long commands;
    private long events;

    /** A run that the desk has begun. */
    static final class Started implements Run {
        private final Order order;
        boolean lost;
        boolean won;
        boolean spent;
        long lastOffset = NOTHING_WRITTEN;

        Started(Order order) {
            this.order = order;
        }

        @Override
        public Order order() {
            return order;
        }

        @Override
        public void stop(StopReason reason) {}

        @Override
        public void won(Written written, long elapsedMs) {
            won = true;
        }

        @Override
        public void lost() {
            lost = true;
        }

        @Override
        public void release(String reason) {}

        @Override
        public boolean spent() {
            return spent;
        }

        @Override
        public long lastOffset() {
            return lastOffset;
        }
    }

    Office() {
        this(new Place(0, 0));
    }

    Office(Place start) {
        this(start, true);
    }

    /** @param knowsIds whether the ids of all commands before the start are known, of which there are none */
    Office(Place start, boolean knowsIds) {
        commands = start.commands();
        events = start.events();
        desk.begins(0, start);
        desk.commandsCaughtUp(0);
        desk.eventsCaughtUp(0);
        if (knowsIds) {
            desk.pastIsComplete(0, 0, start.commands());
        }
    }

    Office owns(boolean owner) {
        desk.owns(owner ? Map.of(0, 0L) : Map.of(), now);
        return act();
    }

    Office canAppend(boolean able) {
        desk.canAppend(able);
        return act();
    }

    Office vacated() {
        return leftBy("gone");
    }

    /** A worker says that it has left the partition. */
    Office leftBy(String worker) {
        desk.vacated(0, worker, now);
        return act();
    }

    private static SessionKey session(String session) {
        return new SessionKey(USER, new SessionId(session));
    }

    static StreamId stream(String message) {
        return new StreamId(USER, new MessageId(message));
    }

    /** It waits for nothing. */
    Office asked(String message) {
        return asked(message, OnBusy.PARALLEL);
    }

    Office asked(String message, OnBusy onBusy) {
        return asked(SESSION, message, onBusy);
    }

    Office askedElsewhere(String session, String message) {
        return asked(session(session), message, OnBusy.PARALLEL);
    }

    private Office asked(SessionKey session, String message, OnBusy onBusy) {
        desk.command(record(commands++, CommandRecords.of(chat(session, message, onBusy), 1, null)), now);
        return act();
    }

    private static Command.ChatStream chat(SessionKey session, String message, OnBusy onBusy) {
        return new Command.ChatStream(
                new MessageId(message),
                session.session(),
                USER,
                "Hello?",
                ChatContext.NONE,
                onBusy,
                Priority.MEDIUM,
                Instant.EPOCH,
                "gw");
    }

    Office stopAsked(String message) {
        var command = new Command.StopGeneration(new MessageId(message), SESSION.session(), USER, Instant.EPOCH, "gw");
        desk.command(record(commands++, CommandRecords.of(command, 1, null)), now);
        return act();
    }

    /** How many streams wait for room. */
    int waiting() {
        return desk.waiting();
    }

    Office deletionAsked() {
        var command = new Command.DeleteConversation(SESSION.session(), USER, Instant.EPOCH, "gw");
        desk.command(record(commands++, CommandRecords.of(command, 1, null)), now);
        return act();
    }

    /** The log has the deletion that a command asked for. */
    Office deleted(long command) {
        return event(OTHERS.deletion(0, SESSION, new ConversationDeleted(SESSION.session()), command));
    }

    /** The log has the start of a stream, by {@link #OTHER} unless it is this worker's own. */
    Office startedBy(String claim, String message) {
        return started(OTHERS, claim, message);
    }

    /** This worker reads the start of a stream that it wrote itself. */
    Office startedHere(String message) {
        return started(new EventRecords(ME), "mine", message);
    }

    private Office started(EventRecords writer, String claim, String message) {
        return event(writer.event(
                0,
                SESSION,
                new Claim(1, claim),
                new StreamStart(
                        new MessageId(message),
                        0,
                        SESSION.session(),
                        Instant.EPOCH,
                        "ai",
                        USER,
                        "Hello?",
                        null,
                        ChatContext.NONE,
                        new StartMetadata("fake", "fake-1", "general", null)),
                null));
    }

    /** The log has the end of a stream that {@link #startedBy} began. */
    Office endedBy(String claim, String message) {
        return ended(new Claim(1, claim), message);
    }

    /** The log has the end of a stream of {@link #takenOverBy}. */
    Office endedAfterTakeoverBy(String claim, String message) {
        return ended(new Claim(2, claim), message);
    }

    private Office ended(Claim claim, String message) {
        return event(OTHERS.event(
                0,
                SESSION,
                claim,
                new StreamError(
                        new MessageId(message),
                        1,
                        SESSION.session(),
                        Instant.EPOCH,
                        "ai",
                        new Failure(ErrorCode.INTERNAL_ERROR, "no", null, true),
                        ""),
                null));
    }

    Office takenOverBy(String claim, String message) {
        return event(OTHERS.control(
                0,
                SESSION,
                new Claim(2, claim),
                0,
                new StreamTakeover(new MessageId(message), SESSION.session(), 2, "other"),
                null));
    }

    private Office event(ProducerRecord<String, byte[]> sent) {
        desk.event(record(events++, sent), now);
        return act();
    }

    Office ended(Started run) {
        desk.ended(run, now);
        return act();
    }

    Office later(Duration time) {
        now += time.toNanos();
        return act();
    }

    /** Nothing that is in the log reaches the desk, or what is there reaches it again. */
    Office hears(boolean something) {
        desk.hearsNothingOf(something ? Set.of() : Set.of(0));
        return act();
    }

    /** Whether the desk lets go of the partition; then it knows nothing of it any more. */
    boolean letsGo() {
        boolean retired = desk.retire(0);
        if (retired) {
            desk.forget(0);
        }
        return retired;
    }

    /** The partition is read again, from where nothing is unfinished. */
    Office readsAnew() {
        desk.begins(0, new Place(commands, events));
        desk.commandsCaughtUp(0);
        desk.eventsCaughtUp(0);
        return knowsIdsFrom(0);
    }

    /** All ids that commands from there on ask for are known. */
    Office knowsIdsFrom(long offset) {
        desk.pastIsComplete(0, offset, commands);
        return act();
    }

    /** A command from before this worker began. */
    Office askedInThePast(String message) {
        desk.past(0, List.of(AskedIds.of(desk.hash(), commands - 1, chat(SESSION, message, OnBusy.PARALLEL))));
        return this;
    }

    /** The store says that of a stream for which it was asked. */
    Office storeSays(String message, StoreAnswer answer) {
        desk.answered(0, stream(message), answer, now);
        return act();
    }

    /** The partition is read again from its beginning, and there is more of it than has been read. */
    Office beginsToCatchUp() {
        desk.begins(0, new Place(0, 0));
        commands = 0;
        events = 0;
        return this;
    }

    /** All that was there has been read. */
    Office hasCaughtUp() {
        desk.commandsCaughtUp(0);
        desk.eventsCaughtUp(0);
        return act();
    }

    /** A record of the events that is none. */
    Office garbage() {
        return event(new ProducerRecord<>(Topics.EVENTS, 0, "no key of ours", new byte[] {1}));
    }

    Duration oldestNotStarted() {
        return desk.oldestNotStarted(now);
    }

    /** From where another worker must read. */
    Place checkpoint() {
        return Objects.requireNonNull(desk.checkpoints(true, now).get(0));
    }

    private Office act() {
        desk.act(now);
        return this;
    }

    private ConsumerRecord<String, byte[]> record(long offset, ProducerRecord<String, byte[]> sent) {
        return new ConsumerRecord<>(
                sent.topic(),
                0,
                offset,
                TimeUnit.NANOSECONDS.toMillis(now),
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty());
    }

    private final class Outbox implements Desk.Outbox {
        @Override
        public Run start(Order order) {
            if (stumbles) {
                stumbles = false;
                throw new IllegalStateException("a bug");
            }
            Started run = new Started(order);
            started.add(run);
            return run;
        }

        @Override
        public void ask(int partition, StreamId stream, long events) {
            questions.add(stream);
        }

        @Override
        public void delete(int partition, LogView.Deletion deletion) {
            deletions.add(deletion.command());
        }

        @Override
        public void deadLetter(ConsumerRecord<String, byte[]> record, String reason) {}
    }

    private final class Watching implements DeskObserver {
        @Override
        public void accepted() {}

        @Override
        public void dropped(DropReason reason) {
            dropped.add(reason);
        }

        @Override
        public void unreadable(String topic) {
            unreadable.add(topic);
        }

        @Override
        public void started(Duration lag) {
            lags.add(lag);
        }

        @Override
        public void takeover(Decision.Purpose purpose) {
            takeovers.add(purpose);
        }

        @Override
        public void refused() {}
    }
}
