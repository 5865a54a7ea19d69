package dev.parley.engine.coordinator;

import dev.parley.engine.state.LogPosition;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.state.Role;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.repeats.AskedIds;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** One partition at a coordinator: what the log says of it, and what this worker is to it. */
final class PartitionContext {
    /** Behind all who have been told that nobody has the partition, and well behind an owner of whom it has not heard yet. */
    private static final int FORMER_OWNER_RANK = 10;

    final PartitionState state;
    /** The ids that were asked for before, as far as they are known. */
    final AskedIds ids;

    final UnreadableCommands unreadable = new UnreadableCommands();
    final Set<SessionKey> deleting = new LinkedHashSet<>();
    boolean commandsCaughtUp;
    boolean eventsCaughtUp;
    boolean owned;
    /** Whether it is known that nobody who is at work has the partition from the group. */
    boolean actingOwner;

    /** Whether this worker had the partition itself: then another has it now, or will hear so in a moment. */
    boolean formerOwner;

    /** Who said last that it has left the partition; empty if nobody did. */
    String leftBy = "";

    long leftAt;
    long ownedSince;
    long committed;
    long commandsReached;
    long eventsReached;

    /** Where this worker began to read. */
    LogPosition begin = new LogPosition(0, 0);

    /** How far events were read when all was known that was there at the beginning: the store must know all before it. */
    long knownEvents;

    PartitionContext(PartitionState state, AskedIds ids) {
        this.state = state;
        this.ids = ids;
    }

    /** The same to this worker, with nothing known of what the log says. */
    PartitionContext anew(PartitionState emptyView, AskedIds noIds) {
        PartitionContext context = new PartitionContext(emptyView, noIds);
        context.owned = owned;
        context.ownedSince = ownedSince;
        context.committed = committed;
        context.actingOwner = actingOwner;
        context.formerOwner = formerOwner;
        context.leftBy = leftBy;
        context.leftAt = leftAt;
        return context;
    }

    /** Whether the state knows all that was in the partition when this worker began to read it. */
    boolean isCaughtUp() {
        return commandsCaughtUp && eventsCaughtUp;
    }

    /**
     * The owner's; the others are spread over the standby ranks, differently for each stream and each session that is deleted.
     *
     * @param what the stream's message or the session
     * @param standbySlots how many ranks there are; 0: only owners act
     * @param settled see {@link Role.Owner}, if this worker is the owner
     */
    Optional<Role> role(String workerId, String what, int standbySlots, boolean settled) {
        if (owned) {
            return Optional.of(new Role.Owner(settled));
        }
        if (standbySlots == 0) {
            return Optional.empty();
        }
        int rank = 1 + Math.floorMod((workerId + '/' + what).hashCode(), standbySlots);
        if (!actingOwner) {
            return Optional.of(new Role.Standby(rank));
        }
        return Optional.of(new Role.ActingOwner(formerOwner ? FORMER_OWNER_RANK : rank));
    }

    /** The offset below which every command is done with. */
    long done() {
        Long unfinished = state.lowestUnfinished();
        long offset = unfinished == null ? commandsReached : unfinished;
        return Math.max(committed, aboveNoUnreadable(offset));
    }

    /** From where another worker must read to know what this one does. */
    LogPosition checkpoint(boolean current, long now) {
        LogPosition position = state.position(commandsReached, eventsReached, current, now);
        return new LogPosition(aboveNoUnreadable(position.commands()), position.events());
    }

    private long aboveNoUnreadable(long offset) {
        Long lowest = unreadable.lowest();
        return lowest == null ? offset : Math.min(offset, lowest);
    }
}
