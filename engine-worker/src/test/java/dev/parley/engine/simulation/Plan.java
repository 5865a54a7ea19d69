package dev.parley.engine.simulation;

import dev.parley.engine.coordinator.CoordinatorSettings;
import dev.parley.engine.state.DecisionSettings;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.stream.WriterSettings;
import java.time.Duration;

/**
 * How the workers of a history are configured, and which faults it has.
 *
 * @param maxUnfinished at this number of unfinished messages only stops are read
 * @param resume whether another writer finishes an answer
 * @param memory how far back checkpoints lie
 * @param keptTurns finished turns of a session that keep their text
 * @param keptChars text of finished turns
 * @param faults share of the appends with a fault
 * @param oddModels share of the model calls that go wrong
 * @param driftPercent how much faster or slower a worker's clock may run
 * @param logIsWhole whether the log has all commands that ever were, so that the store is not asked
 */
record Plan(
        Scenario scenario,
        int partitions,
        int workers,
        int maxRunning,
        int maxUnfinished,
        int maxStreams,
        int maxAttempts,
        boolean resume,
        int standbySlots,
        Duration memory,
        int keptTurns,
        int keptChars,
        double faults,
        double oddModels,
        int driftPercent,
        boolean logIsWhole) {
    static final Duration LEASE = Duration.ofSeconds(3);
    static final Duration STOP_PATIENCE = Duration.ofSeconds(2);
    static final Duration STANDBY_STEP = Duration.ofMillis(250);
    static final Duration ACTING_OWNER_STEP = Duration.ofMillis(25);
    static final Duration STALL = Duration.ofSeconds(1);
    static final Duration FIRST_TOKEN = Duration.ofSeconds(4);
    static final Duration IDLE = Duration.ofSeconds(3);
    static final Duration TOTAL = Duration.ofSeconds(15);
    static final int AMPLE = 1_000;
    /** The longest time for which a worker that is not paused does not read. */
    static final long MAX_LAG_MS = 1_500;

    private static final double CLOCKS_DIFFER = 0.05;
    private static final Duration FOREVER = Duration.ofDays(1);
    private static final int STANDBY_SLOTS = 4;

    static Plan draw(World world) {
        int kind = world.upTo(100);
        if (kind < 55) {
            return chaos(world);
        }
        if (kind < 70) {
            return narrow(world, kind < 64 ? Scenario.CALM : Scenario.CROWD);
        }
        return narrow(world, kind < 80 ? Scenario.SLEEPER : kind < 90 ? Scenario.KILL : Scenario.LEAVE);
    }

    private static Plan narrow(World world, Scenario scenario) {
        boolean calm = scenario == Scenario.CALM || scenario == Scenario.CROWD;
        return new Plan(
                scenario,
                2,
                3,
                AMPLE,
                scenario == Scenario.CROWD ? 2 + world.upTo(4) : AMPLE,
                calm && world.chance(0.3) ? 1 + world.upTo(3) : AMPLE,
                AMPLE,
                true,
                scenario == Scenario.CROWD ? 0 : STANDBY_SLOTS,
                world.anyOf(Duration.ofSeconds(3), Duration.ofSeconds(20)),
                world.anyOf(1, 20),
                AMPLE * AMPLE,
                0,
                calm ? 0.2 : 0,
                1,
                world.chance(0.5));
    }

    private static Plan chaos(World world) {
        return new Plan(
                Scenario.CHAOS,
                world.chance(0.8) ? 2 : 3,
                2 + world.upTo(3),
                world.chance(0.5) ? 1 + world.upTo(4) : AMPLE,
                world.chance(0.4) ? 2 + world.upTo(5) : AMPLE,
                world.chance(0.3) ? 1 + world.upTo(4) : AMPLE,
                world.chance(0.4) ? 1 + world.upTo(3) : AMPLE,
                world.chance(0.8),
                world.chance(0.9) ? STANDBY_SLOTS : 0,
                world.anyOf(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(20)),
                world.anyOf(1, 2, 20),
                world.chance(0.3) ? AMPLE : AMPLE * AMPLE,
                world.anyOf(0.0, 0.03, 0.08),
                world.anyOf(0.0, 0.15),
                world.anyOf(0, 2),
                world.chance(0.5));
    }

    /** Whether a worker must know what happened that long ago: clocks differ, and the writer of a checkpoint may not have read all. */
    boolean isRemembered(long agoMs) {
        return agoMs < memory.toMillis() * (1 - CLOCKS_DIFFER) - MAX_LAG_MS;
    }

    boolean is(Scenario wanted) {
        return scenario == wanted;
    }

    /** There are no faults. */
    boolean calm() {
        return is(Scenario.CALM) || is(Scenario.CROWD);
    }

    /** Stops are carried out at once, and no record is lost or late. */
    boolean healthy() {
        return calm() || is(Scenario.LEAVE);
    }

    CoordinatorSettings coordinator(String workerId, Mutant mutant) {
        return new CoordinatorSettings(
                workerId,
                maxRunning,
                Duration.ofSeconds(1),
                mutant == Mutant.NO_TAKEOVERS ? 0 : standbySlots,
                LEASE,
                mutant == Mutant.PAUSE_TAKEN_FOR_SILENCE ? FOREVER : STALL,
                AMPLE,
                bounds(mutant));
    }

    DecisionSettings decisions(Mutant mutant) {
        return new DecisionSettings(
                mutant == Mutant.NO_TAKEOVERS ? FOREVER : LEASE,
                STOP_PATIENCE,
                STANDBY_STEP,
                ACTING_OWNER_STEP,
                mutant == Mutant.ATTEMPTS_WITHOUT_BOUND ? Integer.MAX_VALUE : maxAttempts,
                resume || mutant == Mutant.FAILED_ANSWERS_CONTINUED,
                mutant == Mutant.STREAMS_WITHOUT_BOUND ? Integer.MAX_VALUE : maxStreams);
    }

    private PartitionState.Bounds bounds(Mutant mutant) {
        return new PartitionState.Bounds(
                keptChars,
                keptTurns,
                AMPLE,
                AMPLE,
                mutant == Mutant.CHECKPOINT_FORGETS_WHAT_ENDED_LATELY ? Duration.ZERO : memory,
                LEASE);
    }

    WriterSettings writer(Mutant mutant) {
        boolean endless = mutant == Mutant.MODEL_WAITED_FOR_FOREVER;
        return new WriterSettings(
                mutant == Mutant.NO_KEEPALIVES ? FOREVER : LEASE,
                endless ? FOREVER : FIRST_TOKEN,
                endless ? FOREVER : IDLE,
                endless ? FOREVER : TOTAL);
    }
}
