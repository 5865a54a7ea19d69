package dev.parley.engine.coordinator;

import dev.parley.engine.state.LogPosition;
import dev.parley.engine.state.PartitionState;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.repeats.AskedIds;
import java.util.LinkedHashSet;
import java.util.Set;

/** One partition: what its log says, how far this worker has read it, and this worker's role. Not thread-safe. */
final class PartitionContext {
    final PartitionState state;
    /** The ids that earlier commands asked for, as far as they are known. */
    final AskedIds ids;

    final PartitionRole role;
    final UnreadableCommands unreadable = new UnreadableCommands();
    /** Sessions whose deletion is being written. */
    final Set<SessionKey> deleting = new LinkedHashSet<>();

    /** Where this worker began to read. */
    LogPosition begin = new LogPosition(0, 0);

    boolean commandsCaughtUp;
    boolean eventsCaughtUp;
    /** The next command to read. */
    long commandsReached;
    /** The next event to read. */
    long eventsReached;
    /** How far events were read when all was known that was there at the beginning: the store must know all before it. */
    long knownEvents;

    /** The offset that the group has committed. */
    long committed;

    PartitionContext(PartitionState state, AskedIds ids) {
        this(state, ids, new PartitionRole());
    }

    private PartitionContext(PartitionState state, AskedIds ids, PartitionRole role) {
        this.state = state;
        this.ids = ids;
        this.role = role;
    }

    /** The same partition with the same role, before anything of it is read. */
    PartitionContext anew(PartitionState emptyState, AskedIds noIds) {
        PartitionContext context = new PartitionContext(emptyState, noIds, role);
        context.committed = committed;
        return context;
    }

    /** Whether the state knows all that was in the partition when this worker began to read it. */
    boolean isCaughtUp() {
        return commandsCaughtUp && eventsCaughtUp;
    }

    /** The offset below which no command asks for anything. */
    long done() {
        Long unfinished = state.lowestUnfinished();
        long offset = unfinished == null ? commandsReached : unfinished;
        return Math.max(committed, aboveNoUnreadable(offset));
    }

    /**
     * From where another worker must read to know what this one does.
     *
     * @param current whether commands are read as they come
     */
    LogPosition checkpoint(boolean current, long now) {
        LogPosition position = state.position(commandsReached, eventsReached, current, now);
        return new LogPosition(aboveNoUnreadable(position.commands()), position.events());
    }

    private long aboveNoUnreadable(long offset) {
        Long lowest = unreadable.lowest();
        return lowest == null ? offset : Math.min(offset, lowest);
    }
}
