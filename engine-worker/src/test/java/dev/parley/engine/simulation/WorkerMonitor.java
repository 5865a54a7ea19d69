package dev.parley.engine.simulation;

import static dev.parley.engine.simulation.Violation.require;

import dev.parley.engine.simulation.SimModel.Manner;
import dev.parley.engine.simulation.Users.Message;
import dev.parley.engine.simulation.Users.Sent;
import dev.parley.engine.simulation.Users.UnreadableCommand;
import dev.parley.engine.simulation.Violation.Promise;
import dev.parley.engine.state.LogPosition;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.StreamTask;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Observes what workers do, compares it with the {@link Truth}, and reports violations at once. */
final class WorkerMonitor {
    private final World world;
    private final Plan plan;
    private final Truth truth;
    private final Users users;

    private final Map<StreamId, List<Manner>> calls = new HashMap<>();
    private final Map<String, Map<StreamId, Long>> endedBy = new HashMap<>();
    private final Map<String, SimWorker> writers = new HashMap<>();
    private final Map<StreamId, Long> givenMs = new HashMap<>();
    private final Map<StreamId, Long> orphanedMs = new HashMap<>();
    private final Set<UnreadableCommand> kept = new HashSet<>();
    final List<Long> recoveriesMs = new ArrayList<>();

    WorkerMonitor(World world, Plan plan, Truth truth, Users users) {
        this.world = world;
        this.plan = plan;
        this.truth = truth;
        this.users = users;
        truth.listen(this::accepted);
    }

    private void accepted(Truth.Stream stream, EventHead.OfStream head, Note note) {
        boolean seen = head.entry() instanceof Entry.Event || head.entry() instanceof Entry.Terminal;
        Long since = orphanedMs.get(stream.id);
        if (since != null && seen) {
            orphanedMs.remove(stream.id);
            SimWorker writer = writers.get(note.worker());
            if (writer != null && !writer.isDead()) {
                recoveriesMs.add(world.nowMs() - since);
            }
        }
    }

    /** A worker is killed: its streams wait for another worker from now on. */
    void killed(SimWorker worker) {
        for (Truth.Stream stream : truth.streams()) {
            if (stream.isOpen() && stream.writer.equals(worker.name)) {
                orphanedMs.putIfAbsent(stream.id, world.nowMs());
            }
        }
    }

    /** A message was read by its partition's owner. */
    void given(StreamId id) {
        givenMs.putIfAbsent(id, world.nowMs());
    }

    /** When its partition's owner read the message; 0 if none did. */
    long givenMs(StreamId id) {
        return givenMs.getOrDefault(id, 0L);
    }

    List<Manner> calls(StreamId id) {
        return calls.getOrDefault(id, List.of());
    }

    void kept(int partition, long offset) {
        kept.add(new UnreadableCommand(partition, offset));
    }

    boolean isKept(UnreadableCommand unreadable) {
        return kept.contains(unreadable);
    }

    /** @param tasks of all active streams of the worker, this one included */
    void writerStarted(SimWorker worker, StreamTask task, List<StreamTask> tasks) {
        writers.put(worker.name, worker);
        StreamId id = truth.life(task.stream());
        long answers = tasks.stream().filter(each -> each.action().asksModel()).count();
        require(
                !task.action().asksModel() || answers <= plan.maxRunning(),
                Promise.BOUNDED_STREAMS,
                id,
                worker.name + " writes " + answers + " answers at once");
        Truth.Stream stream = truth.find(id);
        if (stream == null) {
            return;
        }
        Long end = endedBy.getOrDefault(worker.name, Map.of()).get(id);
        require(
                end == null || end != stream.endedAt,
                Promise.NO_SECOND_ANSWER,
                id,
                worker.name + " starts a stream again that it has ended itself");
        if (task.action() instanceof Decision.TakeOver && stream.isOpen()) {
            takenOver(worker, stream, worker.eventsRead(task.address().partition()));
        }
    }

    /** Except in chaos, no stream is taken over from a writer without a fault. */
    private void takenOver(SimWorker worker, Truth.Stream stream, long read) {
        SimWorker writer = writers.get(stream.writer);
        if (plan.is(Scenario.CHAOS) || writer == null || read <= stream.claimedAt) {
            return;
        }
        boolean released = stream.log instanceof StreamLog.Open open && open.released();
        require(
                released || writer.isDead() || writer.isPausing(),
                Promise.NO_NEEDLESS_TAKEOVER,
                stream.id,
                worker.name + " takes it over from " + writer.name + ", which has no fault");
    }

    void ended(SimWorker worker, SimStreamWriter writer) {
        if (writer.ended()) {
            endedBy.computeIfAbsent(worker.name, _ -> new HashMap<>())
                    .put(truth.life(writer.task().stream()), writer.lastOffset());
        }
    }

    /** A worker decides to write a stream's start. */
    void starts(SimWorker worker, StreamTask task) {
        StreamId id = truth.life(task.stream());
        Truth.Stream stream = truth.find(id);
        int partition = task.address().partition();
        if (stream == null || stream.startedAt < 0) {
            return;
        }
        boolean readItsEnd = stream.isOver() && worker.eventsRead(partition) > stream.endedAt;
        boolean isOlder = stream.startedAt < worker.start(partition).eventsEnd();
        require(
                !readItsEnd && !isOlder,
                Promise.NO_SECOND_ANSWER,
                id,
                worker.name + " starts it after " + stream.writer + " did");
    }

    /** Whether it repeats a message soon enough after its end that workers must know it. */
    boolean isKnownRepeat(StreamId id, Sent sent) {
        Message message = users.find(id);
        Truth.Stream stream = truth.find(id);
        return message != null
                && message.repeats().contains(sent)
                && (stream == null || !stream.isOver() || plan.isRemembered(sent.atMs() - stream.endedMs));
    }

    private static @Nullable Sent firstFrom(List<Sent> all, long offset) {
        for (Sent sent : all) {
            if (sent.offset() >= offset) {
                return sent;
            }
        }
        return null;
    }

    /** A worker decides to write a deletion. */
    void deletes(SimWorker worker, int partition, PartitionState.Deletion deletion) {
        require(
                truth.deletions.stream()
                        .noneMatch(each -> each.session().equals(deletion.session())
                                && each.command() == deletion.command()
                                && each.offset()
                                        >= worker.start(partition).position().events()
                                && each.offset() < worker.eventsRead(partition)),
                Promise.DELETION,
                null,
                worker.name + " writes a deletion that it has read: " + deletion);
    }

    /** A worker asks the model. */
    void asks(SimWorker worker, StreamTask task, String answerSoFar, Manner manner) {
        StreamId id = truth.life(task.stream());
        calls.computeIfAbsent(id, _ -> new ArrayList<>()).add(manner);
        require(
                SimModel.answer(id).startsWith(answerSoFar),
                Promise.RIGHT_TEXT,
                id,
                "the answer so far is not a prefix of the model's");
        int attempt = task.claim().attempt();
        require(
                attempt <= plan.maxAttempts() && (attempt == 1 || plan.resume()),
                Promise.BOUNDED_ATTEMPTS,
                id,
                "the model is asked by attempt " + attempt);
        if (task.action() instanceof Decision.TakeOver || task.action().equals(new Decision.Start(true))) {
            Truth.Stream stream = truth.find(id);
            Long won = stream == null ? null : stream.won.get(task.claim());
            boolean confirmed =
                    won != null && won < worker.eventsRead(task.address().partition());
            require(
                    confirmed || isSecondStart(worker, task),
                    Promise.CONFIRMED_START,
                    id,
                    worker.name + " asks the model before the log shows its claim");
        }
    }

    /** A worker that has not read the stream's past may accept a second start. */
    private boolean isSecondStart(SimWorker worker, StreamTask task) {
        Truth.Stream stream = truth.find(truth.life(task.stream()));
        return stream != null
                && stream.isOver()
                && !worker.start(task.address().partition()).allEvents();
    }

    /** A worker writes a checkpoint. */
    void saves(SimWorker worker, int partition, LogPosition position) {
        for (Message message : users.messages()) {
            if (message.partition() == partition) {
                checkPosition(worker, message, position);
            }
        }
        for (UnreadableCommand unreadable : users.unreadableCommands) {
            require(
                    unreadable.partition() != partition
                            || unreadable.offset() >= position.commands()
                            || isKept(unreadable),
                    Promise.CHECKPOINT_LAW,
                    null,
                    worker.name + " is above the unreadable command " + unreadable.offset());
        }
    }

    private void checkPosition(SimWorker worker, Message message, LogPosition position) {
        Truth.Stream stream = truth.find(message.id());
        boolean over = stream != null && stream.isOver();
        boolean below = message.sent().offset() < position.commands();
        require(
                !below || over,
                Promise.CHECKPOINT_LAW,
                message.id(),
                worker.name + " writes " + position + ", above a message that is not answered");
        require(
                below || stream == null || stream.startedAt < 0 || stream.startedAt >= position.events(),
                Promise.CHECKPOINT_LAW,
                message.id(),
                worker.name + " writes " + position + ": the message is read again, and its start is not");
        if (below && stream != null && stream.startedAt < position.events()) {
            Sent repeat = firstFrom(message.repeats(), position.commands());
            require(
                    repeat == null || !plan.isRemembered(repeat.atMs() - stream.endedMs),
                    Promise.CHECKPOINT_LAW,
                    message.id(),
                    worker.name + " writes " + position + ": a repeat at " + repeat
                            + " is read again, and its message is not");
        }
        Sent stop = message.stoppedBefore() ? message.stops().getFirst() : null;
        require(
                stop == null
                        || over
                        || below
                        || stop.offset() >= position.commands()
                        || !plan.isRemembered(message.sent().atMs() - stop.atMs()),
                Promise.CHECKPOINT_LAW,
                message.id(),
                worker.name + " writes " + position + ": the message is read again, and its stop " + stop + " is not");
    }

    /** A worker commits an offset: no command below it asks for anything. */
    void commits(int partition, long offset) {
        for (Message message : users.messages()) {
            require(
                    message.partition() != partition || message.sent().offset() >= offset || truth.isOver(message.id()),
                    Promise.COMMIT_LAW,
                    message.id(),
                    offset + " is committed, and it is not answered");
        }
        for (UnreadableCommand unreadable : users.unreadableCommands) {
            require(
                    unreadable.partition() != partition || unreadable.offset() >= offset || isKept(unreadable),
                    Promise.COMMIT_LAW,
                    null,
                    offset + " is committed, and unreadable command " + unreadable.offset() + " is not a dead letter");
        }
    }

    /** Whether a call of the model for it failed. */
    boolean modelFailed(StreamId id) {
        return calls(id).stream().anyMatch(manner -> !manner.isGood());
    }

    /** How the model behaved, over all messages. */
    Set<Manner> manners() {
        Set<Manner> all = EnumSet.noneOf(Manner.class);
        calls.values().forEach(all::addAll);
        return all;
    }
}
