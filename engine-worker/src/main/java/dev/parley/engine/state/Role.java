package dev.parley.engine.state;

/**
 * How soon a worker acts for a partition. It is a hint and decides nothing: when two act at once, the order of what they write does.
 */
public sealed interface Role {
    /**
     * The group gives the partition to this worker. It acts at once.
     *
     * @param settled whether no other worker can have started what this one has not read yet: it has owned the partition for long enough, and
     *     knows the outcome of all that it appended
     */
    record Owner(boolean settled) implements Role {}

    /**
     * Whoever has the partition is known to be gone. The worker acts after a short step for each rank, so that the first who does is
     * heard by the others, and whoever has the partition after all comes before them.
     *
     * @param rank from 1
     */
    record ActingOwner(int rank) implements Role {}

    /**
     * Somebody else is thought to act. The worker acts where nobody did for a lease, and a step later for each rank.
     *
     * @param rank from 1
     */
    record Standby(int rank) implements Role {}
}
