package dev.parley.engine.coordinator;

import dev.parley.engine.state.Role;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this worker is to one partition, as the group, other workers and the log tell it. Not thread-safe. */
final class PartitionRole {
    /** Later than every worker that saw the owner leave, and much later than a new owner of which this worker does not know yet. */
    private static final int FORMER_OWNER_RANK = 10;

    private boolean owner;
    private long ownerSince;
    private boolean actingOwner;
    /** Whether this worker was the owner: another one is now, or will be in a moment. */
    private boolean formerOwner;
    /** The worker that left the partition last. */
    private @Nullable String leftBy;

    private long leftAt;

    boolean isOwner() {
        return owner;
    }

    /** When the group gave the partition to this worker. */
    long ownerSince() {
        return ownerSince;
    }

    /** The group gives the partition to this worker. */
    void becomeOwner(long now) {
        ownerSince = owner ? ownerSince : now;
        owner = true;
        actingOwner = false;
        formerOwner = false;
    }

    /**
     * The group takes the partition away. The new owner learns of that at a time of its own, so this worker acts until it sees another one
     * start a stream there.
     *
     * @return whether the role has changed
     */
    boolean revoked() {
        if (!owner) {
            return false;
        }
        owner = false;
        formerOwner = true;
        return becomeActingOwner();
    }

    /** The owner has left. @return whether the role has changed */
    boolean ownerLeft(String worker, long now) {
        leftBy = worker;
        leftAt = now;
        return becomeActingOwner();
    }

    /** The owner did not do something in time, so this worker did. @return whether the role has changed */
    boolean becomeActingOwner() {
        boolean changed = !actingOwner && !owner;
        actingOwner |= changed;
        return changed;
    }

    /**
     * Another worker started a stream in the partition, so there is somebody who acts for it.
     *
     * @param graceNanos for so long a start of the worker that has left does not count: it was on its way
     */
    void startedByOther(@Nullable String worker, long now, long graceNanos) {
        boolean hasJustLeft = leftBy != null && leftBy.equals(worker) && now - leftAt < graceNanos;
        if (!hasJustLeft) {
            formerOwner = false;
            actingOwner = false;
        }
    }

    /**
     * The role for one stream or one session: workers that do not own the partition are spread over ranks, differently for each.
     *
     * @param what the stream's message or the session
     * @param standbySlots how many ranks there are; 0: only owners act
     * @param settled see {@link Role.Owner}, if this worker is the owner
     * @return empty if this worker does not act
     */
    Optional<Role> of(String workerId, String what, int standbySlots, boolean settled) {
        if (owner) {
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
}
