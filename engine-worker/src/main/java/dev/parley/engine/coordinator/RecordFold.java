package dev.parley.engine.coordinator;

import dev.parley.engine.state.CommandRecord;
import dev.parley.engine.state.EventRecord;
import dev.parley.engine.state.TurnState;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.Verdict;

/** Folds records of the log into the partitions, and tells those that a record concerns: writers, roles, the observer. Not thread-safe. */
final class RecordFold {
    private final CoordinatorSettings settings;
    private final Partitions partitions;
    private final ActiveStreams activeStreams;
    private final CoordinatorObserver observer;

    RecordFold(
            CoordinatorSettings settings,
            Partitions partitions,
            ActiveStreams activeStreams,
            CoordinatorObserver observer) {
        this.settings = settings;
        this.partitions = partitions;
        this.activeStreams = activeStreams;
        this.observer = observer;
    }

    void command(CommandRecord record, long now) {
        PartitionContext context = partitions.of(record.partition());
        context.commandsReached = record.offset() + 1;
        switch (record) {
            case CommandRecord.Readable readable -> {
                context.ids.add(record.offset(), readable.command());
                fold(context, readable, now);
            }
            case CommandRecord.Unreadable unreadable -> {
                if (record.offset() >= context.committed) {
                    context.unreadable.add(unreadable, context.role.isOwner());
                }
            }
        }
    }

    /** Folds a stop before its turn; it is folded again in its turn. Other commands are ignored. */
    void stopAhead(CommandRecord record, long now) {
        if (record instanceof CommandRecord.Readable readable && readable.command() instanceof StopGeneration) {
            fold(partitions.of(record.partition()), readable, now);
        }
    }

    private void fold(PartitionContext context, CommandRecord.Readable record, long now) {
        context.state.command(record, now);
        partitions.changed(record.partition(), record.command().sessionKey());
        stoppedTurnChanged(context, record.partition(), record.command());
    }

    /** A stop may name another session than the message did. */
    private void stoppedTurnChanged(PartitionContext context, int partition, Command command) {
        if (command instanceof StopGeneration stop) {
            TurnState turn = context.state.find(new StreamId(stop.userId(), stop.messageId()));
            if (turn != null && turn.command() != null) {
                partitions.changed(partition, turn.command().sessionKey());
            }
        }
    }

    void event(EventRecord record, long now) {
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
        if (verdict instanceof Verdict.Accepted && record.startsOrTakesOver()) {
            learnRole(context, record, now);
        }
        activeStreams.tell(record, verdict, context.state);
        partitions.changed(record.partition(), record.session());
    }

    private void fold(PartitionContext context, EventRecord.OfSession deletion, long now) {
        context.state.conversationDeleted(deletion, now);
        partitions.allChanged(deletion.partition()); // ids are new again, in whatever session they are asked for
        if (context.deleting.remove(deletion.session())) {
            becomeActingOwner(context, deletion.partition()); // this worker wrote it, because the owner did not
        }
        partitions.changed(deletion.partition(), deletion.session());
    }

    private void unreadableEvent(PartitionContext context) {
        if (context.eventsCaughtUp) {
            observer.unreadable(Topics.EVENTS);
        }
    }

    /** Only what was written since this worker caught up: what was in the log before was counted then. */
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
     * A worker that starts or takes over a stream becomes acting owner until it sees another worker's start: so only one message waits for a
     * lease when an owner dies.
     */
    private void learnRole(PartitionContext context, EventRecord.OfStream record, long now) {
        boolean own = settings.workerId().equals(record.workerId());
        if (own || activeStreams.wrote(record)) { // its writer may have ended by now
            becomeActingOwner(context, record.partition());
        } else if (record.entry() instanceof Entry.Start) {
            context.role.startedByOther(record.workerId(), now, settings.doubt().toNanos());
        }
    }

    private void becomeActingOwner(PartitionContext context, int partition) {
        if (context.role.becomeActingOwner()) {
            partitions.allChanged(partition);
        }
    }
}
