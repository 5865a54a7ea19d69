package dev.parley.engine.simulation;

import dev.parley.schema.id.StreamId;

/** What the projection knows: the ends of streams, a little later than the log. Sometimes it is away. */
final class SimArchive {
    private final World world;
    private final Truth truth;
    private final long lagMs;
    private boolean away;

    SimArchive(World world, Truth truth) {
        this.world = world;
        this.truth = truth;
        this.lagMs = world.anyOf(0L, 50L, 2_000L);
        this.away = world.chance(0.3);
    }

    void flip() {
        away = !away;
    }

    /** Whether the stream is known to be over; false as well if it cannot be said. */
    boolean isOver(StreamId stream) {
        Truth.Stream found = truth.find(stream);
        return !away && found != null && found.isOver() && found.endedMs + lagMs <= world.nowMs();
    }

    /** How long an answer takes. */
    long answerMs() {
        return away ? 300 : 1 + world.upTo(20);
    }
}
