package dev.parley.engine.state;

/**
 * What a worker is to a partition, and so how soon it acts. It is a hint only: if two workers act at once, the order of their records in the
 * log decides.
 */
public sealed interface Role {
    /**
     * The group gives the partition to this worker. It acts at once.
     *
     * @param settled whether no other worker can have started a stream of which this one has not read: it has owned the partition for long
     *     enough, and knows the outcome of all that it appended
     */
    record Owner(boolean settled) implements Role {}

    /**
     * The owner is known to be gone. The worker acts after a short step for each rank, so that the others read of it before they act, and so
     * that an owner that is there after all acts first.
     *
     * @param rank from 1
     */
    record ActingOwner(int rank) implements Role {}

    /**
     * Another worker is believed to act. The worker acts if none did for a lease, and a step later for each rank.
     *
     * @param rank from 1
     */
    record Standby(int rank) implements Role {}
}
