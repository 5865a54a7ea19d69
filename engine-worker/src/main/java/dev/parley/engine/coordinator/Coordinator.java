package dev.parley.engine.coordinator;

import dev.parley.engine.state.CommandRecord;
import dev.parley.engine.state.Decider;
import dev.parley.engine.state.EventRecord;
import dev.parley.engine.state.LogPosition;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.stream.ActiveStream;
import dev.parley.engine.stream.StreamTask;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.repeats.AskedIds;
import dev.parley.schema.repeats.IdHash;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The core of a worker: folds the log and decides what runs. What is to be done outside it asks of its {@link Effects}; what stream writers
 * do comes back as records of the log. It blocks on nothing and knows no clock. All methods are for one thread.
 */
public final class Coordinator {
    private final CoordinatorSettings settings;
    private final Effects effects;
    private final CoordinatorObserver observer;

    private final Partitions partitions;
    private final ActiveStreams activeStreams = new ActiveStreams();
    private final RecordFold fold;
    private final Scheduler scheduler;
    private final Progress progress;

    private @Nullable Long actedAt;
    private Set<Integer> unreachable = Set.of();

    /** What a decision asks the shell to do. None of it blocks. */
    public interface Effects {
        /** Starts a stream writer. When it has ended, {@link #ended} must be called. */
        ActiveStream start(StreamTask task);

        /**
         * Asks the store for a stream that may be older than the log. {@link #storeAnswered} must follow.
         *
         * @param events all events of the partition before this offset must be in the store for its answer to count
         */
        void ask(int partition, StreamId stream, long events);

        /** Writes {@code conversation_deleted}. If that fails, {@link #deletionFailed} must follow. */
        void delete(int partition, PartitionState.Deletion deletion);

        /** Writes a command that cannot be read to the dead-letter topic. {@link #deadLetterWritten} or {@link #deadLetterFailed} must follow. */
        void deadLetter(CommandRecord.Unreadable record);
    }

    /**
     * @param hash of the ids in {@link #past}
     * @param claimTokens makes claim tokens, never the same one twice
     */
    public Coordinator(
            CoordinatorSettings settings,
            Decider decider,
            IdHash hash,
            Effects effects,
            CoordinatorObserver observer,
            Supplier<String> claimTokens) {
        this.settings = settings;
        this.effects = effects;
        this.observer = observer;
        this.partitions = new Partitions(settings.bounds(), hash, settings.mostIds());
        this.fold = new RecordFold(settings, partitions, activeStreams, observer);
        this.scheduler = new Scheduler(settings, decider, partitions, activeStreams, effects, observer, claimTokens);
        this.progress = new Progress(partitions, activeStreams, scheduler);
    }

    /** How far it is. */
    public Progress progress() {
        return progress;
    }

    // ---- what is read of the log

    /** From where a partition is read: nothing before it is unfinished. It comes before the partition's first record. */
    public void begins(int partition, LogPosition start) {
        PartitionContext context = partitions.of(partition);
        context.begin = start;
        context.commandsReached = start.commands();
        context.eventsReached = start.events();
        context.state.beginsAt(start.events());
    }

    /** Folds a record of {@code chat.commands}. */
    public void command(CommandRecord record, long now) {
        fold.command(record, now);
    }

    /** Folds a stop before its turn, while commands wait to be read; it is folded again in its turn. Other commands are ignored. */
    public void stopAhead(CommandRecord record, long now) {
        fold.stopAhead(record, now);
    }

    /** Folds a record of {@code chat.events}. */
    public void event(EventRecord record, long now) {
        fold.event(record, now);
    }

    /** All commands that were in the partition when it began to be read are folded, or at least their stops. */
    public void commandsCaughtUp(int partition) {
        partitions.of(partition).commandsCaughtUp = true;
        partitions.allChanged(partition);
    }

    /** All events that were in the partition when it began to be read are folded. */
    public void eventsCaughtUp(int partition) {
        PartitionContext context = partitions.of(partition);
        context.eventsCaughtUp = true;
        context.knownEvents = context.eventsReached;
        partitions.allChanged(partition);
    }

    /** The partitions whose leader does not answer. Silence in them does not mean that a writer is dead. */
    public void leadersUnreachable(Set<Integer> partitions) {
        unreachable = Set.copyOf(partitions);
    }

    /**
     * Stops to act for a partition that is to be read no longer, unless this worker owns it or writes a stream in it. What is still read of it
     * is folded. {@link #forget} must follow.
     *
     * @return whether it has stopped
     */
    public boolean retire(int partition) {
        PartitionContext context = partitions.of(partition);
        if (context.role.isOwner() || !context.isCaughtUp() || activeStreams.areIn(partition)) {
            return false;
        }
        context.commandsCaughtUp = false;
        context.eventsCaughtUp = false;
        scheduler.dropWaiting(context);
        return true;
    }

    /** Forgets what the log says of a partition. No more of it is read until it {@link #begins} anew. */
    public void forget(int partition) {
        partitions.forget(partition);
        activeStreams.forget(partition);
    }

    // ---- which ids are known

    /** Commands from before this worker began to read. */
    public void past(int partition, List<AskedIds.Asked> commands) {
        PartitionContext context = partitions.of(partition);
        commands.forEach(context.ids::add);
    }

    /**
     * All commands between two offsets were given to {@link #past}.
     *
     * @param from the oldest that the log has
     * @param end where this worker began to read; ignored if it has begun anew at a later position
     */
    public void pastIsComplete(int partition, long from, long end) {
        PartitionContext context = partitions.of(partition);
        if (context.begin.commands() <= end) {
            context.ids.completeFrom(from);
            partitions.allChanged(partition);
        }
    }

    /** The log has no commands before this offset any more. */
    public void logBeginsAt(int partition, long offset) {
        partitions.of(partition).ids.forgetBelow(offset);
    }

    /** What the store says of a stream. */
    public void storeAnswered(int partition, StreamId stream, StoreAnswer answer, long now) {
        scheduler.storeAnswered(partition, stream, answer, now);
    }

    // ---- who acts

    /**
     * The partitions that the group gives to this worker.
     *
     * @param committed the committed offset of each
     */
    public void owns(Map<Integer, Long> committed, long now) {
        partitions.forEach((partition, context) -> {
            if (!committed.containsKey(partition) && context.role.revoked()) {
                partitions.allChanged(partition);
            }
        });
        committed.forEach((partition, offset) -> {
            PartitionContext context = partitions.of(partition);
            context.role.becomeOwner(now);
            context.committed = Math.max(context.committed, offset);
            context.unreadable.forgetBelow(context.committed);
            partitions.allChanged(partition);
        });
    }

    /** The owner of a partition has left it. */
    public void ownerLeft(int partition, String leftBy, long now) {
        if (partitions.of(partition).role.ownerLeft(leftBy, now)) {
            partitions.allChanged(partition);
        }
    }

    /** Whether this worker's records reach the log. While they do not, it starts and takes over nothing. */
    public void canAppend(boolean able) {
        scheduler.canAppend(able);
        if (able) {
            partitions.forEach((partition, _) -> partitions.allChanged(partition));
        }
    }

    /** Starts and takes over nothing from here on; active streams go on. */
    public void drain() {
        scheduler.drain();
    }

    /** Releases the streams that are still active, so that other workers take them over. */
    public void release(String reason) {
        activeStreams.release(reason);
    }

    // ---- what became of effects

    /** A stream writer has written its last record. */
    public void ended(ActiveStream active, long now) {
        StreamTask task = active.task();
        int partition = task.address().partition();
        PartitionContext context = partitions.of(partition);
        activeStreams.ended(active, context.eventsReached);
        if (active.claimUncertain()) {
            scheduler.doubt(now);
        }
        context.state.writerEnded(task.stream());
        partitions.changed(partition, task.address().session());
    }

    /** Writing a deletion failed; it is tried again. */
    public void deletionFailed(int partition, SessionKey session) {
        partitions.of(partition).deleting.remove(session);
        partitions.changed(partition, session);
    }

    /** The command is in the dead-letter topic. */
    public void deadLetterWritten(int partition, long offset) {
        partitions.of(partition).unreadable.written(offset);
    }

    /** Writing the dead letter failed; it is tried again. */
    public void deadLetterFailed(int partition, long offset) {
        partitions.of(partition).unreadable.failed(offset);
    }

    /** Does what is due. @return in how many nanoseconds something may be due again */
    public long act(long now) {
        long sinceNanos = actedAt == null ? 0 : now - actedAt;
        boolean slept = sinceNanos > settings.stall().toNanos();
        if (slept || !unreachable.isEmpty()) {
            scheduler.doubt(now); // others may have started what is read now
        }
        partitions.forEach((partition, context) -> {
            if (slept || unreachable.contains(partition)) {
                context.state.resumedReading(now, sinceNanos);
            }
        });
        actedAt = now;
        try {
            return scheduler.act(now);
        } finally {
            writeDeadLetters();
        }
    }

    private void writeDeadLetters() {
        for (PartitionContext context : partitions.all()) {
            if (context.role.isOwner()) {
                for (CommandRecord.Unreadable record : context.unreadable.take()) {
                    observer.unreadable(Topics.COMMANDS);
                    effects.deadLetter(record);
                }
            }
        }
    }
}
