package dev.parley.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.simulation.History.Report;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Run more with {@code -Dparley.engine.histories=20000}, another set with {@code -Dparley.engine.seed=…}. */
class EngineSimulationTest {
    private static final int HISTORIES = Integer.getInteger("parley.engine.histories", 1_500);
    private static final long SEED = Long.getLong("parley.engine.seed", 20_261_122L);

    @Test
    void whatever_happens_every_message_gets_one_right_answer() {
        long began = System.nanoTime();
        int streams = 0;
        int accepted = 0;
        int dropped = 0;
        int takeovers = 0;
        for (int i = 0; i < HISTORIES; i++) {
            Report report = run(SEED + i, Mutant.NONE);
            streams += report.streams();
            accepted += report.accepted();
            dropped += report.dropped();
            takeovers += report.takeovers();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "engine simulation: seed %d, %d histories (%.0f/s), %d streams, %d records accepted, %d dropped, %d takeovers%n",
                SEED, HISTORIES, HISTORIES / seconds, streams, accepted, dropped, takeovers);
        assertThat(takeovers)
                .as("histories in which nothing is taken over show little")
                .isGreaterThan(HISTORIES / 2);
        assertThat(dropped).isPositive();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void each_mistake_is_found(Mutant mutant) {
        for (int i = 0; i < HISTORIES; i++) {
            try {
                run(SEED + i, mutant);
            } catch (AssertionError e) {
                return;
            }
        }
        throw new AssertionError(mutant + " was not found in " + HISTORIES + " histories");
    }

    private static Report run(long seed, Mutant mutant) {
        try {
            return new History(seed, mutant).run();
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
