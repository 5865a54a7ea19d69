package dev.parley.engine.simulation;

import dev.parley.engine.coordinator.StoreAnswer;
import dev.parley.schema.id.StreamId;

/** The store, which the projection writes a little later than the log. Sometimes it is away, and its answers are late. */
final class SimArchive {
    private final World world;
    private final Truth truth;
    private final SimLog log;
    private final long lagMs;
    private boolean away;

    /** @param well whether nothing is wrong with it */
    SimArchive(World world, Truth truth, SimLog log, boolean well) {
        this.world = world;
        this.truth = truth;
        this.log = log;
        this.lagMs = well ? world.anyOf(0L, 50L) : world.anyOf(0L, 50L, 2_000L);
        this.away = !well && world.chance(0.3);
    }

    void flip() {
        away = !away;
    }

    void heal() {
        away = false;
    }

    /**
     * What it says of a stream.
     *
     * @param events all of the partition before must be written for that to count
     */
    StoreAnswer answer(int partition, StreamId stream, long events) {
        SimLog.Partition read = log.events.get(partition);
        if (away || (events > read.start && !isWritten(read.at(events - 1).timestamp()))) {
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

    /** How long an answer takes. */
    long answerMs() {
        return away ? world.between(300, 2_000) : 1 + world.upTo(20);
    }
}
