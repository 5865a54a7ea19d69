package dev.parley.engine.coordinator;

import dev.parley.engine.state.CommandRecord;
import dev.parley.engine.state.Decider;
import dev.parley.engine.state.EventRecord;
import dev.parley.engine.state.LogPosition;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.state.TurnState;
import dev.parley.engine.stream.ActiveStream;
import dev.parley.engine.stream.StreamTask;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.Verdict;
import dev.parley.schema.repeats.AskedIds;
import dev.parley.schema.repeats.IdHash;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the views of the partitions and does what they call for. All methods are for one thread, the one that reads the log; nothing
 * here blocks. Whatever a stream writer does comes back as records of the log, and only as those.
 */
public final class Coordinator {
    private final CoordinatorSettings settings;
    private final Effects effects;
    private final CoordinatorObserver observer;

    private final Partitions partitions;
    private final ActiveStreams activeStreams = new ActiveStreams();
    private final Scheduler scheduler;

    private @Nullable Long actedAt;
    private Set<Integer> unreachable = Set.of();

    /** What a coordinator sets going; none of it blocks. */
    public interface Effects {
        /** Starts a stream writer. Its last word must reach {@link #ended} on the coordinator's thread. */
        ActiveStream start(StreamTask task);

        /**
         * Asks the store for a stream that may be older than the log. {@link Coordinator#answered} must follow.
         *
         * @param events all events of the partition before this offset must be in the store for its answer to count
         */
        void ask(int partition, StreamId stream, long events);

        /** Writes {@code conversation_deleted}. */
        void delete(int partition, PartitionState.Deletion deletion);

        /** Writes a command that cannot be read to the dead-letter topic. {@link #deadLetterKept} or {@link #deadLetterFailed} must follow. */
        void deadLetter(CommandRecord.Unreadable record);
    }

    /**
     * @param hash of the ids that {@link #past} is told
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
        this.scheduler = new Scheduler(settings, decider, partitions, activeStreams, effects, observer, claimTokens);
    }

    /** From where a partition is read: all before it is done with. It comes before its first record. */
    public void begins(int partition, LogPosition start) {
        PartitionContext context = partitions.of(partition);
        context.begin = start;
        context.commandsReached = start.commands();
        context.eventsReached = start.events();
        context.state.beginsAt(start.events());
    }

    /** Commands from before this worker began to read. */
    public void past(int partition, List<AskedIds.Asked> commands) {
        PartitionContext context = partitions.of(partition);
        commands.forEach(context.ids::add);
    }

    /**
     * All commands between two offsets were given to {@link #past}.
     *
     * @param from the oldest that the log has
     * @param end where this worker began to read; if it has begun anew at a later position, this says nothing
     */
    public void pastIsComplete(int partition, long from, long end) {
        PartitionContext context = partitions.of(partition);
        if (context.begin.commands() <= end) {
            context.ids.completeFrom(from);
            partitions.touchAll(partition);
        }
    }

    /** The log has no commands before this offset any more. */
    public void logBeginsAt(int partition, long offset) {
        partitions.of(partition).ids.forgetBelow(offset);
    }

    /** What the store says of a stream. */
    public void answered(int partition, StreamId stream, StoreAnswer answer, long now) {
        scheduler.answered(partition, partitions.of(partition), stream, answer, now);
    }

    /**
     * Acts no more for a partition that shall not be read any longer, if nothing ties this worker to it: an active stream, or the group. What is
     * still read of it is folded. {@link #forget} must follow.
     *
     * @return whether it does so
     */
    public boolean retire(int partition) {
        PartitionContext context = partitions.of(partition);
        if (context.owned || !context.isCaughtUp() || activeStreams.areIn(partition)) {
            return false;
        }
        context.commandsCaughtUp = false;
        context.eventsCaughtUp = false;
        scheduler.giveUpWaiting(context);
        return true;
    }

    /** Knows nothing more of a partition; no more of it is read until it {@link #begins} anew. */
    public void forget(int partition) {
        partitions.forget(partition);
        activeStreams.forget(partition);
    }

    /** Folds a record of {@code chat.commands}. */
    public void command(CommandRecord record, long now) {
        PartitionContext context = partitions.of(record.partition());
        context.commandsReached = record.offset() + 1;
        switch (record) {
            case CommandRecord.Readable readable -> {
                context.ids.add(record.offset(), readable.command());
                fold(context, readable, now);
            }
            case CommandRecord.Unreadable unreadable -> {
                if (record.offset() >= context.committed) {
                    context.unreadable.add(unreadable, context.owned);
                }
            }
        }
    }

    private void fold(PartitionContext context, CommandRecord.Readable record, long now) {
        context.state.command(record, now);
        partitions.touch(record.partition(), record.command().sessionKey());
        touchStopped(record.partition(), context, record.command());
    }

    /** A stop may name another session than the message did. */
    private void touchStopped(int partition, PartitionContext context, Command command) {
        if (command instanceof StopGeneration stop) {
            TurnState turn = context.state.find(new StreamId(stop.userId(), stop.messageId()));
            if (turn != null && turn.command() != null) {
                partitions.touch(partition, turn.command().sessionKey());
            }
        }
    }

    /** Folds a stop before its turn, while commands wait to be read; it is folded again in its turn. Other commands are ignored. */
    public void stopAhead(CommandRecord record, long now) {
        if (record instanceof CommandRecord.Readable readable && readable.command() instanceof StopGeneration) {
            fold(partitions.of(record.partition()), readable, now);
        }
    }

    /** Folds a record of {@code chat.events}. */
    public void event(EventRecord record, long now) {
        PartitionContext context = partitions.of(record.partition());
        if (context.eventsReached == context.begin.events()) {
            context.state.beginsAt(record.offset()); // the log may begin later than was wanted
        }
        context.eventsReached = record.offset() + 1;
        context.state.reached(record.offset());
        switch (record) {
            case EventRecord.OfStream ofStream -> fold(context, ofStream, now);
            case EventRecord.OfSession deletion -> fold(context, deletion, now);
            case EventRecord.Unreadable _ -> unreadableEvent(context);
        }
    }

    private void fold(PartitionContext context, EventRecord.OfStream record, long now) {
        activeStreams.read(record.stream(), record.offset());
        if (record.value() instanceof EventRecord.Value.Malformed) {
            unreadableEvent(context);
        }
        Verdict verdict = context.state.event(record, now);
        observe(context, record, verdict);
        learnWhoActs(context, record, verdict, now);
        activeStreams.tell(record, verdict, context.state);
        partitions.touch(record.partition(), record.session());
    }

    private void fold(PartitionContext context, EventRecord.OfSession deletion, long now) {
        context.state.conversationDeleted(deletion, now);
        partitions.touchAll(deletion.partition()); // ids are new again, in whatever session they are asked for
        if (context.deleting.remove(deletion.session())) {
            becomeActingOwner(deletion.partition(), context); // as for a stream that it started: the owner did not
        }
        partitions.touch(deletion.partition(), deletion.session());
    }

    private void unreadableEvent(PartitionContext context) {
        if (context.eventsCaughtUp) {
            observer.unreadable(Topics.EVENTS);
        }
    }

    /** What this worker heard in its time; what was in the log before it began counted then. */
    private void observe(PartitionContext context, EventRecord.OfStream record, Verdict verdict) {
        if (verdict instanceof Verdict.Dropped dropped && context.eventsCaughtUp) {
            observer.dropped(dropped.reason());
        } else if (verdict instanceof Verdict.Accepted
                && record.entry() instanceof Entry.Start
                && activeStreams.wrote(record)) {
            context.state.startedAfter(record.stream(), record.time().ms()).ifPresent(observer::started);
        }
    }

    /**
     * A worker that starts or takes over a stream becomes acting owner until it sees another worker's start, so that only one message waits
     * for a lease when an owner dies. The start of a worker that has just left does not count: it was on its way when that worker left.
     */
    private void learnWhoActs(PartitionContext context, EventRecord.OfStream record, Verdict verdict, long now) {
        if (!(verdict instanceof Verdict.Accepted) || !record.startsOrTakesOver()) {
            return;
        }
        boolean own = settings.workerId().equals(record.workerId());
        if (activeStreams.wrote(record) || own) { // its writer may have ended by now
            becomeActingOwner(record.partition(), context);
        } else if (record.entry() instanceof Entry.Start && !hasJustLeft(context, record.workerId(), now)) {
            context.formerOwner = false;
            context.actingOwner = false;
        }
    }

    private boolean hasJustLeft(PartitionContext context, @Nullable String worker, long now) {
        return context.leftBy.equals(worker)
                && now - context.leftAt < settings.doubt().toNanos();
    }

    /** Whoever had the partition from the group says that it is gone. */
    public void ownerLeft(int partition, String leftBy, long now) {
        PartitionContext context = partitions.of(partition);
        context.leftBy = leftBy;
        context.leftAt = now;
        becomeActingOwner(partition, context);
    }

    private void becomeActingOwner(int partition, PartitionContext context) {
        if (!context.actingOwner && !context.owned) {
            context.actingOwner = true;
            partitions.touchAll(partition);
        }
    }

    /** From here on the state knows all commands that were in the partition when it began to be read; or at least their stops. */
    public void commandsCaughtUp(int partition) {
        PartitionContext context = partitions.of(partition);
        context.commandsCaughtUp = true;
        partitions.touchAll(partition);
    }

    /** From here on the state knows all events that were in the partition when it began to be read. */
    public void eventsCaughtUp(int partition) {
        PartitionContext context = partitions.of(partition);
        context.eventsCaughtUp = true;
        context.knownEvents = context.eventsReached;
        partitions.touchAll(partition);
    }

    /** Whether all that was in these partitions when they began to be read is known. */
    public boolean isCaughtUp(Set<Integer> wanted) {
        return wanted.stream().allMatch(partition -> partitions.of(partition).isCaughtUp());
    }

    /**
     * Of these partitions, and of no others, nothing would be heard now if there were anything: as long as that is so, silence there is
     * nobody's death.
     */
    public void leadersUnreachable(Set<Integer> partitions) {
        unreachable = Set.copyOf(partitions);
    }

    /**
     * What the group gives to this worker. Whom it gives the rest to will hear of that at a time of its own, so this worker stands in for
     * what it had until another starts a stream there.
     *
     * @param committed of each partition that is its own
     */
    public void owns(Map<Integer, Long> committed, long now) {
        partitions.forEach((partition, context) -> {
            if (context.owned && !committed.containsKey(partition)) {
                context.owned = false;
                context.formerOwner = true;
                becomeActingOwner(partition, context);
            }
        });
        committed.forEach((partition, offset) -> {
            PartitionContext context = partitions.of(partition);
            context.ownedSince = context.owned ? context.ownedSince : now;
            context.owned = true;
            context.formerOwner = false;
            context.actingOwner = false;
            context.committed = Math.max(context.committed, offset);
            context.unreadable.forgetBelow(context.committed);
            partitions.touchAll(partition);
        });
    }

    /** A stream writer has written its last record. */
    public void ended(ActiveStream active, long now) {
        StreamTask task = active.task();
        PartitionContext context = partitions.of(task.address().partition());
        activeStreams.ended(active, context.eventsReached);
        if (active.claimUncertain()) {
            scheduler.doubt(now);
        }
        context.state.writerEnded(task.stream());
        partitions.touch(task.address().partition(), task.address().session());
    }

    public void deadLetterKept(int partition, long offset) {
        partitions.of(partition).unreadable.kept(offset);
    }

    /** It is tried again. */
    public void deadLetterFailed(int partition, long offset) {
        partitions.of(partition).unreadable.failed(offset);
    }

    /** Writing a deletion failed; it is tried again. */
    public void deletionFailed(int partition, SessionKey session) {
        partitions.of(partition).deleting.remove(session);
        partitions.touch(partition, session);
    }

    /** Starts and takes over nothing from here on; active streams go on. */
    public void drain() {
        scheduler.drain();
    }

    /** Whether the log takes this worker's records. While it does not, nothing is started or taken over here. */
    public void canAppend(boolean able) {
        scheduler.canAppend(able);
        if (able) {
            partitions.forEach((partition, _) -> partitions.touchAll(partition));
        }
    }

    /** The partitions that the group gives to this worker. */
    public Set<Integer> owned() {
        Set<Integer> owned = new HashSet<>();
        partitions.forEach((partition, context) -> {
            if (context.owned) {
                owned.add(partition);
            }
        });
        return Set.copyOf(owned);
    }

    public int running() {
        return activeStreams.size();
    }

    /** Messages that are not answered yet, whatever they wait for. */
    public int unfinished() {
        return partitions.all().stream()
                .mapToInt(context -> context.state.unfinished().size())
                .sum();
    }

    /** Their text, in UTF-16 units. */
    public long unfinishedChars() {
        return partitions.all().stream()
                .mapToLong(context -> context.state.unfinishedChars())
                .sum();
    }

    public int waiting() {
        return scheduler.waiting();
    }

    /** For how long this worker has known the oldest message of its own partitions that nobody has started; zero without one. */
    public Duration oldestNotStarted(long now) {
        long oldest = now;
        for (PartitionContext context : partitions.all()) {
            if (context.owned && context.isCaughtUp()) {
                oldest = Math.min(oldest, context.state.oldestNotStarted().orElse(now));
            }
        }
        return Duration.ofNanos(now - oldest);
    }

    /** Gives up the streams that are still active. */
    public void release(String reason) {
        activeStreams.release(reason);
    }

    /** Offsets below which every command of the owned partitions is done with. */
    public Map<Integer, Long> done() {
        Map<Integer, Long> done = new HashMap<>();
        partitions.forEach((partition, context) -> {
            if (context.owned && context.isCaughtUp()) {
                done.put(partition, context.done());
            }
        });
        return done;
    }

    /**
     * Of the owned partitions, from where another worker must read to know what this one does.
     *
     * @param current whether commands are read as they come
     */
    public Map<Integer, LogPosition> checkpoints(boolean current, long now) {
        Map<Integer, LogPosition> positions = new HashMap<>();
        partitions.forEach((partition, context) -> {
            if (context.owned && context.isCaughtUp()) {
                positions.put(partition, context.checkpoint(current, now));
            }
        });
        return positions;
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
                context.state.resumedReading(now, sinceNanos); // what was silent may only have been unreachable
            }
        });
        actedAt = now;
        try {
            return scheduler.act(now);
        } finally {
            deadLetters();
        }
    }

    private void deadLetters() {
        partitions.all().stream().filter(context -> context.owned).forEach(context -> {
            for (CommandRecord.Unreadable record : context.unreadable.take()) {
                observer.unreadable(Topics.COMMANDS);
                effects.deadLetter(record);
            }
        });
    }
}
