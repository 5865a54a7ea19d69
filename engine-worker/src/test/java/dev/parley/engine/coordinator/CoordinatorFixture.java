package dev.parley.engine.coordinator;

import dev.parley.engine.kafka.RecordDecoder;
import dev.parley.engine.state.CommandRecord;
import dev.parley.engine.state.Decider;
import dev.parley.engine.state.DecisionSettings;
import dev.parley.engine.state.LogPosition;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.stream.ActiveStream;
import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.stream.Written;
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
import dev.parley.schema.repeats.IdHash;
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

/** A coordinator with one partition, the log that it reads, and the effects that it asked for. Nothing runs: the test writes the log. */
final class CoordinatorFixture {
    static final Duration LEASE = Duration.ofSeconds(3);
    static final Duration ACTING_OWNER_STEP = Duration.ofMillis(25);
    /** Later than any acting owner acts, and sooner than any standby. */
    static final Duration SOON = ACTING_OWNER_STEP.multipliedBy(8);

    static final int MAX_RUNNING = 10;
    static final String OTHER = "other";
    private static final String ME = "me";

    private static final UserId USER = new UserId("ada");
    private static final SessionKey SESSION = session("s");
    private static final EventRecords OTHERS = new EventRecords(OTHER);

    final List<Started> started = new ArrayList<>();
    /** The commands of the deletions that the coordinator asked to write. */
    final List<Long> deletions = new ArrayList<>();

    /** Streams for which the coordinator asked the store. */
    final List<StreamId> questions = new ArrayList<>();

    /** Why records do not count, as the coordinator reported. */
    final List<DropReason> dropped = new ArrayList<>();
    /** Topics of records that cannot be read, as the coordinator reported. */
    final List<String> unreadable = new ArrayList<>();
    /** From commands to this worker's starts, as the coordinator reported. */
    final List<Duration> lags = new ArrayList<>();
    /** For what the coordinator took streams over, as it reported. */
    final List<Decision.Purpose> takeovers = new ArrayList<>();

    private final IdHash hash = new IdHash();
    private final Coordinator coordinator = new Coordinator(
            new CoordinatorSettings(
                    ME,
                    MAX_RUNNING,
                    Duration.ofSeconds(5),
                    4,
                    LEASE,
                    Duration.ofDays(1),
                    1_000,
                    new PartitionState.Bounds(100_000, 10, 100, 10, Duration.ofMinutes(1), LEASE)),
            new Decider(new DecisionSettings(
                    LEASE, Duration.ofSeconds(2), Duration.ofMillis(250), ACTING_OWNER_STEP, 5, true, 100)),
            hash,
            new Effects(),
            new Observer(),
            () -> "mine");
    /** Whether the next start of a stream writer fails. */
    boolean nextStartFails;

    private long now;
    private long commands;
    private long events;

    /** A stream that the coordinator has started. */
    static final class Started implements ActiveStream {
        private final StreamTask task;
        boolean superseded;
        boolean confirmed;
        boolean claimUncertain;
        long lastOffset = NOTHING_WRITTEN;

        Started(StreamTask task) {
            this.task = task;
        }

        @Override
        public StreamTask task() {
            return task;
        }

        @Override
        public void stop(StopReason reason) {}

        @Override
        public void claimConfirmed(Written written, long elapsedMs) {
            confirmed = true;
        }

        @Override
        public void claimSuperseded() {
            superseded = true;
        }

        @Override
        public void release(String reason) {}

        @Override
        public boolean claimUncertain() {
            return claimUncertain;
        }

        @Override
        public long lastOffset() {
            return lastOffset;
        }
    }

    CoordinatorFixture() {
        this(new LogPosition(0, 0));
    }

    CoordinatorFixture(LogPosition start) {
        this(start, true);
    }

    /** @param knowsIds whether the ids of all commands before the start are known, of which there are none */
    CoordinatorFixture(LogPosition start, boolean knowsIds) {
        commands = start.commands();
        events = start.events();
        coordinator.begins(0, start);
        coordinator.commandsCaughtUp(0);
        coordinator.eventsCaughtUp(0);
        if (knowsIds) {
            coordinator.pastIsComplete(0, 0, start.commands());
        }
    }

    CoordinatorFixture owns(boolean owner) {
        coordinator.owns(owner ? Map.of(0, 0L) : Map.of(), now);
        return act();
    }

    CoordinatorFixture canAppend(boolean able) {
        coordinator.canAppend(able);
        return act();
    }

    CoordinatorFixture ownerLeft() {
        return leftBy("gone");
    }

    /** A worker has left the partition. */
    CoordinatorFixture leftBy(String worker) {
        coordinator.ownerLeft(0, worker, now);
        return act();
    }

    private static SessionKey session(String session) {
        return new SessionKey(USER, new SessionId(session));
    }

    static StreamId stream(String message) {
        return new StreamId(USER, new MessageId(message));
    }

    /** A message that does not wait. */
    CoordinatorFixture asked(String message) {
        return asked(message, OnBusy.PARALLEL);
    }

    CoordinatorFixture asked(String message, OnBusy onBusy) {
        return asked(SESSION, message, onBusy);
    }

    CoordinatorFixture askedIn(String session, String message) {
        return asked(session(session), message, OnBusy.PARALLEL);
    }

    private CoordinatorFixture asked(SessionKey session, String message, OnBusy onBusy) {
        coordinator.command(command(CommandRecords.of(chat(session, message, onBusy), 1, null)), now);
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

    CoordinatorFixture stopAsked(String message) {
        var command = new Command.StopGeneration(new MessageId(message), SESSION.session(), USER, Instant.EPOCH, "gw");
        coordinator.command(command(CommandRecords.of(command, 1, null)), now);
        return act();
    }

    /** How many turns wait for room. */
    int waiting() {
        return coordinator.progress().waiting();
    }

    CoordinatorFixture deletionAsked() {
        var command = new Command.DeleteConversation(SESSION.session(), USER, Instant.EPOCH, "gw");
        coordinator.command(command(CommandRecords.of(command, 1, null)), now);
        return act();
    }

    /** The log has the deletion that a command asked for. */
    CoordinatorFixture deleted(long command) {
        return event(OTHERS.deletion(0, SESSION, new ConversationDeleted(SESSION.session()), command));
    }

    /** The log has the start of a stream, by {@link #OTHER} unless it is this worker's own. */
    CoordinatorFixture startedBy(String claim, String message) {
        return started(OTHERS, claim, message);
    }

    /** This worker reads the start of a stream that it wrote itself. */
    CoordinatorFixture startedHere(String message) {
        return started(new EventRecords(ME), "mine", message);
    }

    private CoordinatorFixture started(EventRecords writer, String claim, String message) {
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
    CoordinatorFixture endedBy(String claim, String message) {
        return ended(new Claim(1, claim), message);
    }

    /** The log has the end of a stream of {@link #takenOverBy}. */
    CoordinatorFixture endedAfterTakeoverBy(String claim, String message) {
        return ended(new Claim(2, claim), message);
    }

    private CoordinatorFixture ended(Claim claim, String message) {
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

    CoordinatorFixture takenOverBy(String claim, String message) {
        return event(OTHERS.control(
                0,
                SESSION,
                new Claim(2, claim),
                0,
                new StreamTakeover(new MessageId(message), SESSION.session(), 2, "other"),
                null));
    }

    private CoordinatorFixture event(ProducerRecord<String, byte[]> sent) {
        coordinator.event(RecordDecoder.event(record(events++, sent)), now);
        return act();
    }

    CoordinatorFixture ended(Started active) {
        coordinator.ended(active, now);
        return act();
    }

    CoordinatorFixture later(Duration time) {
        now += time.toNanos();
        return act();
    }

    /** The leader of the partition can be reached, or not. */
    CoordinatorFixture leaderAnswers(boolean answers) {
        coordinator.leadersUnreachable(answers ? Set.of() : Set.of(0));
        return act();
    }

    /** Whether the coordinator retires the partition; then it forgets it. */
    boolean retires() {
        boolean retired = coordinator.retire(0);
        if (retired) {
            coordinator.forget(0);
        }
        return retired;
    }

    /** The partition is read again, from where nothing is unfinished. */
    CoordinatorFixture readsAnew() {
        coordinator.begins(0, new LogPosition(commands, events));
        coordinator.commandsCaughtUp(0);
        coordinator.eventsCaughtUp(0);
        return knowsIdsFrom(0);
    }

    /** The ids of all commands from this offset on are known. */
    CoordinatorFixture knowsIdsFrom(long offset) {
        coordinator.pastIsComplete(0, offset, commands);
        return act();
    }

    /** A command from before this worker began. */
    CoordinatorFixture askedInThePast(String message) {
        coordinator.past(0, List.of(AskedIds.of(hash, commands - 1, chat(SESSION, message, OnBusy.PARALLEL))));
        return this;
    }

    /** The store answers for a stream. */
    CoordinatorFixture storeSays(String message, StoreAnswer answer) {
        coordinator.storeAnswered(0, stream(message), answer, now);
        return act();
    }

    /** The partition is read again from its beginning, and its end is not reached yet. */
    CoordinatorFixture beginsToCatchUp() {
        coordinator.begins(0, new LogPosition(0, 0));
        commands = 0;
        events = 0;
        return this;
    }

    /** The end of the partition is reached. */
    CoordinatorFixture hasCaughtUp() {
        coordinator.commandsCaughtUp(0);
        coordinator.eventsCaughtUp(0);
        return act();
    }

    /** A record that is not an event. */
    CoordinatorFixture garbage() {
        return event(new ProducerRecord<>(Topics.EVENTS, 0, "not a key", new byte[] {1}));
    }

    Duration oldestNotStarted() {
        return coordinator.progress().oldestNotStarted(now);
    }

    /** From where another worker must read. */
    LogPosition checkpoint() {
        return Objects.requireNonNull(
                coordinator.progress().checkpoints(true, now).get(0));
    }

    private CoordinatorFixture act() {
        coordinator.act(now);
        return this;
    }

    private CommandRecord command(ProducerRecord<String, byte[]> sent) {
        return RecordDecoder.command(record(commands++, sent));
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

    private final class Effects implements Coordinator.Effects {
        @Override
        public ActiveStream start(StreamTask task) {
            if (nextStartFails) {
                nextStartFails = false;
                throw new IllegalStateException("a bug");
            }
            Started stream = new Started(task);
            started.add(stream);
            return stream;
        }

        @Override
        public void ask(int partition, StreamId stream, long events) {
            questions.add(stream);
        }

        @Override
        public void delete(int partition, PartitionState.Deletion deletion) {
            deletions.add(deletion.command());
        }

        @Override
        public void deadLetter(CommandRecord.Unreadable record) {}
    }

    private final class Observer implements CoordinatorObserver {
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
