package dev.parley.engine.simulation;

import dev.parley.engine.coordinator.Coordinator;
import dev.parley.engine.coordinator.CoordinatorObserver;
import dev.parley.engine.coordinator.StoreAnswer;
import dev.parley.engine.kafka.RecordDecoder;
import dev.parley.engine.simulation.SimLog.Saved;
import dev.parley.engine.simulation.SimLog.Tag;
import dev.parley.engine.simulation.Violation.Promise;
import dev.parley.engine.state.CommandRecord;
import dev.parley.engine.state.Decider;
import dev.parley.engine.state.LogPosition;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.stream.ActiveStream;
import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.stream.Written;
import dev.parley.schema.command.Command;
import dev.parley.schema.event.ChatEvent.ConversationDeleted;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.repeats.AskedIds;
import dev.parley.schema.repeats.IdHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A worker process: a coordinator, its readers and its writers. It can pause and die at any point. */
final class SimWorker {
    private static final int STATUS_EVERY_MS = 50;
    private static final double RESUME_BELOW = 0.8;

    final String name;
    private final Scene scene;
    private final Group group;
    private final List<Start> starts;
    private final IdHash hash = new IdHash();
    private final Coordinator coordinator;
    private final Tails tails;
    private final EventRecords records;
    private final List<SimStreamWriter> writers = new ArrayList<>();
    private final List<Runnable> inbox = new ArrayList<>();
    private final Set<StreamId> stops = new HashSet<>();
    private final Map<Integer, LogPosition> written = new HashMap<>();
    private final long clockOffset;
    private final long nanosPerMs;
    private int claims;
    private long dueMs;
    private long statusMs;
    private long writeMs;
    private boolean full;
    private long pausedUntilMs;
    private long releaseMs = Long.MAX_VALUE;
    private boolean released;
    private boolean pausing;
    private boolean dead;

    SimWorker(Scene scene, Group group, String name, List<Start> starts) {
        this.scene = scene;
        this.group = group;
        this.name = name;
        this.starts = new ArrayList<>(starts);
        this.records = new EventRecords(name);
        World world = scene.world();
        this.clockOffset = world.between(-1_000_000_000_000_000L, 1_000_000_000_000_000L);
        int drift = 10_000 * scene.plan().driftPercent();
        this.nanosPerMs = 1_000_000 + world.between(-drift, drift);
        this.coordinator = new Coordinator(
                scene.plan().coordinator(name, scene.mutant()),
                new Decider(scene.plan().decisions(scene.mutant())),
                hash,
                new Effects(),
                new Observer(),
                () -> scene.has(Mutant.CLAIMS_COLLIDE) ? "same" : name + "-" + claims++);
        this.tails = new Tails(
                world,
                scene.log(),
                starts.stream().map(Start::position).toList(),
                scene.plan().is(Scenario.SLEEPER) ? 0.8 : 0.3,
                new Listener());
        for (int partition = 0; partition < starts.size(); partition++) {
            coordinator.begins(partition, starts.get(partition).position());
            learnPast(partition);
        }
        if (scene.has(Mutant.CAUGHT_UP_TOO_SOON)) {
            for (int partition = 0; partition < starts.size(); partition++) {
                coordinator.commandsCaughtUp(partition);
                coordinator.eventsCaughtUp(partition);
            }
        }
    }

    /** This worker's own monotonic clock. */
    long nanos() {
        return clockOffset + scene.world().nowMs() * nanosPerMs;
    }

    boolean isDead() {
        return dead;
    }

    boolean isLeaving() {
        return releaseMs != Long.MAX_VALUE;
    }

    boolean isBusy() {
        return !writers.isEmpty();
    }

    boolean isPaused() {
        return scene.world().nowMs() < pausedUntilMs;
    }

    /** Whether it pauses now and then. */
    boolean isPausing() {
        return pausing;
    }

    void setPausing() {
        pausing = true;
    }

    Start start(int partition) {
        return starts.get(partition);
    }

    long eventsRead(int partition) {
        return tails.eventsRead(partition);
    }

    boolean knowsStopOf(StreamId stream) {
        return stops.contains(stream) && scene.users().isStopped(stream);
    }

    Tails tails() {
        return tails;
    }

    void die() {
        dead = true;
        writers.clear();
    }

    void pause(long ms) {
        pausedUntilMs = scene.world().nowMs() + ms;
    }

    void heal() {
        pausedUntilMs = 0;
        tails.heal();
    }

    void owns(Set<Integer> partitions) {
        Map<Integer, Long> committed = new TreeMap<>();
        partitions.forEach(partition -> committed.put(partition, scene.log().committed[partition]));
        deliver(() -> coordinator.owns(committed, nanos()));
    }

    /** Stops to read a partition, if the coordinator retires it, and some time later reads it again from another position. */
    void rereads(int partition) {
        deliver(() -> {
            if (coordinator.retire(partition)) {
                scene.world().note(name + " retires partition " + partition);
                tails.end(partition);
                coordinator.forget(partition);
                scene.world().after(scene.world().between(0, 2_000), () -> deliver(() -> begins(partition)));
            }
        });
    }

    /** Some time later the coordinator learns which ids the log has from before. */
    private void learnPast(int partition) {
        long end = starts.get(partition).position().commands();
        SimLog.Partition commands = scene.log().commands.get(partition);
        long oldest = scene.plan().logIsWhole() ? commands.start : scene.world().between(commands.start, end);
        long from = scene.plan().logIsWhole() ? 0 : oldest;
        long afterMs = scene.plan().healthy() ? 1 : scene.world().between(1, 5_000);
        scene.world()
                .after(
                        afterMs,
                        () -> deliver(() -> {
                            for (long offset = scene.has(Mutant.REPEATS_NOT_CHECKED) ? end : oldest;
                                    offset < end;
                                    offset++) {
                                if (CommandRecords.read(commands.at(offset))
                                        instanceof Decoded.Ok<Command>(Command command)) {
                                    coordinator.past(partition, List.of(AskedIds.of(hash, offset, command)));
                                }
                            }
                            coordinator.pastIsComplete(partition, from, end);
                        }));
    }

    private void begins(int partition) {
        Start start = group.start(partition);
        scene.world().note(name + " reads partition " + partition + " again, at " + start);
        starts.set(partition, start);
        coordinator.begins(partition, start.position());
        learnPast(partition);
        tails.begin(partition, start.position());
    }

    /** Another worker has left the partition. */
    void ownerLeft(int partition, String leftBy) {
        if (!scene.has(Mutant.LEAVING_IGNORED)) {
            deliver(() -> coordinator.ownerLeft(partition, leftBy, nanos()));
        }
    }

    /** Leaves: announces it, finishes what it can in the time, and releases the rest. */
    void leave(long drainMs) {
        releaseMs = scene.world().nowMs() + drainMs;
        deliver(() -> {
            coordinator.drain();
            group.left(this, new TreeSet<>(coordinator.progress().owned()));
        });
    }

    /** Runs when the worker next has a turn, if it lives. */
    void deliver(Runnable task) {
        inbox.add(task);
    }

    /** Does one round of the worker's loop, unless it is paused or nothing is due. */
    void turn() {
        if (dead
                || isPaused()
                || (inbox.isEmpty() && !tails.areBehind() && scene.world().nowMs() < dueMs)) {
            return;
        }
        List<Runnable> tasks = List.copyOf(inbox);
        inbox.clear();
        tasks.forEach(Runnable::run);
        tails.read();
        dueMs = dueMs(nanos() + coordinator.act(nanos()));
        for (SimStreamWriter writer : List.copyOf(writers)) {
            if (writer.turn()) {
                dueMs = Math.min(dueMs, Math.min(writer.modelDueMs(), dueMs(writer.dueNanos())));
            } else {
                writers.remove(writer);
                scene.monitor().ended(this, writer);
                coordinator.ended(writer, nanos());
            }
        }
        publish();
        finishLeaving();
    }

    private long dueMs(long nanos) {
        return (nanos - clockOffset) / nanosPerMs;
    }

    private void publish() {
        long now = scene.world().nowMs();
        if (now < statusMs) {
            return;
        }
        statusMs = now + STATUS_EVERY_MS;
        full = coordinator.progress().unfinished() >= scene.plan().maxUnfinished() * (full ? RESUME_BELOW : 1);
        boolean current = tails.areCurrent();
        tails.follow(full);
        if (now >= writeMs) {
            writeMs = now + scene.world().between(200, 1_000);
            new TreeMap<>(coordinator.progress().checkpoints(current, nanos())).forEach(this::save);
            new TreeMap<>(coordinator.progress().done()).forEach(this::commit);
        }
    }

    private void save(int partition, LogPosition position) {
        LogPosition mutated = mutated(partition, position);
        if (mutated.equals(written.put(partition, mutated))) {
            return;
        }
        scene.monitor().saves(this, partition, mutated);
        Saved saved = new Saved(partition, mutated, scene.world().nowMs());
        scene.network()
                .send(
                        this,
                        partition,
                        () -> {
                            scene.log().saved.add(saved);
                            return 0;
                        },
                        _ -> {},
                        () -> {});
    }

    private LogPosition mutated(int partition, LogPosition position) {
        return switch (scene.mutant()) {
            case CHECKPOINT_EVENTS_TOO_HIGH ->
                new LogPosition(position.commands(), Math.min(position.events() + 3, tails.eventsRead(partition)));
            case CHECKPOINT_SKIPS_UNFINISHED ->
                new LogPosition(
                        Math.min(
                                position.commands() + 1,
                                scene.log().commands.get(partition).end()),
                        position.events());
            default -> position;
        };
    }

    private void commit(int partition, long offset) {
        if (group.has(this, partition)) {
            long mutated = scene.has(Mutant.COMMIT_TOO_HIGH)
                    ? Math.min(offset + 1, scene.log().commands.get(partition).end())
                    : offset;
            scene.monitor().commits(partition, mutated);
            scene.log().committed[partition] = Math.max(scene.log().committed[partition], mutated);
        }
    }

    private void finishLeaving() {
        long now = scene.world().nowMs();
        if (now >= releaseMs && !released) {
            released = true;
            coordinator.release("shutdown");
        }
        if (isLeaving() && (writers.isEmpty() || now >= releaseMs + Plan.LEASE.toMillis())) {
            group.gone(this);
        }
    }

    private final class Listener implements Tails.Listener {
        @Override
        public void command(ConsumerRecord<String, byte[]> record, @Nullable Tag tag) {
            noteStop(tag);
            coordinator.command(
                    RecordDecoder.command(scene.has(Mutant.QUEUE_JUMPED) ? Misreading.queue(record) : record), nanos());
            if (tag != null && !tag.stop() && group.has(SimWorker.this, record.partition())) {
                scene.monitor().given(tag.stream());
            }
        }

        @Override
        public void stopAhead(ConsumerRecord<String, byte[]> record, @Nullable Tag tag) {
            noteStop(tag);
            if (!scene.has(Mutant.STOPS_WAIT_BEHIND_MESSAGES)) {
                coordinator.stopAhead(RecordDecoder.command(record), nanos());
            }
        }

        private void noteStop(@Nullable Tag tag) {
            if (tag != null && tag.stop()) {
                stops.add(tag.stream());
            }
        }

        @Override
        public void event(ConsumerRecord<String, byte[]> record) {
            coordinator.event(
                    RecordDecoder.event(scene.has(Mutant.DELETIONS_ALIKE) ? Misreading.whichDeletion(record) : record),
                    nanos());
        }

        @Override
        public void commandsCaughtUp(int partition) {
            coordinator.commandsCaughtUp(partition);
        }

        @Override
        public void eventsCaughtUp(int partition) {
            coordinator.eventsCaughtUp(partition);
        }
    }

    private final class Effects implements Coordinator.Effects {
        @Override
        public ActiveStream start(StreamTask task) {
            Written presumed = scene.has(Mutant.PREFIX_READ_BEFORE_CLAIM) ? written(task) : null;
            SimStreamWriter writer = new SimStreamWriter(scene, SimWorker.this, task, presumed);
            writers.add(writer);
            scene.monitor()
                    .writerStarted(
                            SimWorker.this,
                            task,
                            writers.stream().map(SimStreamWriter::task).toList());
            return writer;
        }

        /** What this worker has read of the stream. */
        private Written written(StreamTask task) {
            int partition = task.address().partition();
            return Reader.of(
                            scene.log().events.get(partition),
                            starts.get(partition).position().events(),
                            eventsRead(partition))
                    .written(task.stream());
        }

        @Override
        public void ask(int partition, StreamId stream, long events) {
            scene.world().after(scene.archive().answerMs(), () -> {
                StoreAnswer answer = mutated(scene.archive().answer(partition, stream, events));
                deliver(() -> coordinator.storeAnswered(partition, stream, answer, nanos()));
            });
        }

        private StoreAnswer mutated(StoreAnswer answer) {
            boolean mistaken = switch (answer) {
                case StoreAnswer.New _ -> false;
                case StoreAnswer.Over _, StoreAnswer.Unfinished _ -> scene.has(Mutant.REPEATS_NOT_CHECKED);
                case StoreAnswer.Deleted _ ->
                    scene.has(Mutant.REPEATS_NOT_CHECKED) || scene.has(Mutant.DELETED_TAKEN_FOR_NEW);
                case StoreAnswer.Unknown _ -> scene.has(Mutant.UNKNOWN_TAKEN_FOR_NEW);
            };
            return mistaken ? new StoreAnswer.New() : answer;
        }

        @Override
        public void delete(int partition, PartitionState.Deletion deletion) {
            scene.monitor().deletes(SimWorker.this, partition, deletion);
            SessionKey session = deletion.session();
            ConversationDeleted deleted = new ConversationDeleted(session.session());
            var record = records.deletion(partition, session, deleted, deletion.command(), deletion.folded());
            scene.network()
                    .send(
                            SimWorker.this,
                            partition,
                            () -> scene.log().appendEvent(record, new Note(deleted, name, null, false)),
                            _ -> {},
                            () -> coordinator.deletionFailed(partition, session));
        }

        @Override
        public void deadLetter(CommandRecord.Unreadable record) {
            scene.network()
                    .send(
                            SimWorker.this,
                            record.partition(),
                            () -> {
                                scene.monitor().kept(record.partition(), record.offset());
                                return 0;
                            },
                            _ -> coordinator.deadLetterWritten(record.partition(), record.offset()),
                            () -> coordinator.deadLetterFailed(record.partition(), record.offset()));
        }
    }

    private static final class Observer implements CoordinatorObserver {
        @Override
        public void accepted() {}

        @Override
        public void dropped(DropReason reason) {}

        @Override
        public void unreadable(String topic) {
            if (topic.equals("chat.events")) {
                throw new Violation(Promise.READABLE_LOG, null, "an event could not be read");
            }
        }

        @Override
        public void started(Duration lag) {}

        @Override
        public void takeover(Decision.Purpose purpose) {}

        @Override
        public void refused() {}
    }
}
