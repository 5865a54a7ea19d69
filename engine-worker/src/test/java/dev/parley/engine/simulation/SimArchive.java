package dev.parley.engine.simulation;

import dev.parley.engine.coordinator.StoreAnswer;
import dev.parley.schema.id.StreamId;

/** The store, which the projection writes a little later than the log. At times it does not answer, or answers late. */
final class SimArchive {
    private final World world;
    private final Truth truth;
    private final SimLog log;
    private final long lagMs;
    private boolean unavailable;

    /** @param well whether it has no faults */
    SimArchive(World world, Truth truth, SimLog log, boolean well) {
        this.world = world;
        this.truth = truth;
        this.log = log;
        this.lagMs = well ? world.anyOf(0L, 50L) : world.anyOf(0L, 50L, 2_000L);
        this.unavailable = !well && world.chance(0.3);
    }

    void flip() {
        unavailable = !unavailable;
    }

    void heal() {
        unavailable = false;
    }

    /**
     * Its answer about a stream.
     *
     * @param events all events of the partition before this offset must be written for the answer to count
     */
    StoreAnswer answer(int partition, StreamId stream, long events) {
        SimLog.Partition read = log.events.get(partition);
        if (unavailable
                || (events > read.start && !isWritten(read.at(events - 1).timestamp()))) {
            return new StoreAnswer.Unknown();
        }
        return truth.lastLife(stream, life -> isWritten(life.startedMs))
                .map(this::answer)
                .orElseGet(StoreAnswer.New::new);
    }

    private StoreAnswer answer(Truth.Stream found) {
        if (found.isDeleted() && isWritten(found.deletedMs)) {
            return new StoreAnswer.Deleted(found.deletedAt);
        }
        return found.session != null && found.isOver() && isWritten(found.endedMs)
                ? new StoreAnswer.Over(found.session)
                : new StoreAnswer.Unfinished(found.startedAt);
    }

    private boolean isWritten(long atMs) {
        return atMs + lagMs <= world.nowMs();
    }

    /** How long an answer takes, in ms. */
    long answerMs() {
        return unavailable ? world.between(300, 2_000) : 1 + world.upTo(20);
    }
}
