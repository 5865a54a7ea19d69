package dev.parley.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.simulation.History.Report;
import dev.parley.engine.simulation.SimModel.Manner;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Plays many histories, each a function of its seed. {@code -Dparley.engine.histories=20000} plays more, {@code -Dparley.engine.seed=…} others;
 * {@code -Dparley.engine.replay=<seed>} prints the log of one, and {@code -Dparley.engine.mutant=<name>} plants a mutant in it.
 */
class EngineSimulationTest {
    private static final int HISTORIES = Integer.getInteger("parley.engine.histories", 2_000);
    private static final long SEED = Long.getLong("parley.engine.seed", 20_261_122L);

    /** A report, or what was wrong with the history. */
    private record Outcome(
            @Nullable Report report, @Nullable String wrong) {
        Report sound() {
            if (report == null) {
                throw new AssertionError(wrong);
            }
            return report;
        }
    }

    @Test
    void whatever_happens_every_message_gets_one_right_answer() {
        long began = System.nanoTime();
        List<Report> reports =
                IntStream.range(0, HISTORIES).parallel().mapToObj(i -> outcome(SEED + i)).toList().stream()
                        .map(Outcome::sound)
                        .toList();
        print(reports, (System.nanoTime() - began) / 1e9);
        assertThat(sum(reports, Report::takeovers))
                .as("takeovers in all histories")
                .isGreaterThan(HISTORIES / 2);
        assertThat(sum(reports, Report::dropped)).isGreaterThan(HISTORIES / 2);
        assertThat(reports.stream().map(Report::scenario)).contains(Scenario.values());
        assertThat(reports.stream().flatMap(report -> report.manners().stream()))
                .contains(Manner.values());
    }

    private static Outcome outcome(long seed) {
        History history = new History(seed, Mutant.NONE);
        try {
            return new Outcome(history.run(), null);
        } catch (Violation e) {
            return new Outcome(
                    null, "seed " + seed + ": " + e.getMessage() + "\n" + HistoryPrinter.of(history.scene, e.stream));
        }
    }

    private static int sum(List<Report> reports, ToIntFunction<Report> what) {
        return reports.stream().mapToInt(what).sum();
    }

    private static void print(List<Report> reports, double seconds) {
        System.out.printf(
                "engine simulation: seed %d, %d histories (%.0f/s), %d streams, %d records accepted, %d dropped, %d takeovers%n",
                SEED,
                reports.size(),
                reports.size() / seconds,
                sum(reports, Report::streams),
                sum(reports, Report::accepted),
                sum(reports, Report::dropped),
                sum(reports, Report::takeovers));
        for (Scenario scenario : Scenario.values()) {
            System.out.printf(
                    "  %-8s %5d histories, all over within ms after the faults: %s%n",
                    scenario,
                    reports.stream()
                            .filter(report -> report.scenario() == scenario)
                            .count(),
                    spread(reports.stream()
                            .filter(report -> report.scenario() == scenario)
                            .mapToLong(Report::endedMs)));
        }
        System.out.printf(
                "  a killed worker's stream continues after ms: %s%n",
                spread(reports.stream()
                        .flatMap(report -> report.recoveriesMs().stream())
                        .mapToLong(ms -> ms)));
    }

    private static String spread(LongStream values) {
        long[] sorted = values.sorted().toArray();
        return sorted.length == 0
                ? "none"
                : "p50 " + sorted[sorted.length / 2] + ", p99 " + sorted[sorted.length * 99 / 100] + ", max "
                        + sorted[sorted.length - 1] + " of " + sorted.length;
    }

    @Test
    void each_mutant_is_found() {
        List<String> findings = Arrays.stream(Mutant.values())
                .parallel()
                .filter(mutant -> mutant != Mutant.NONE)
                .map(EngineSimulationTest::finding)
                .toList();
        findings.forEach(System.out::println);
        assertThat(findings).noneMatch(finding -> finding.contains("NOT FOUND"));
    }

    /** Plays only histories of the scenario that shows the mutant. */
    private static String finding(Mutant mutant) {
        for (int i = 0; i < HISTORIES; i++) {
            History history = new History(SEED + i, mutant);
            if (history.scene.plan().is(mutant.scenario)) {
                try {
                    history.run();
                } catch (Violation e) {
                    return String.format("  %-40s found in history %4d by %s", mutant, i + 1, e.promise);
                }
            }
        }
        return "  " + mutant + " NOT FOUND in " + HISTORIES + " histories";
    }

    @Test
    @EnabledIfSystemProperty(named = "parley.engine.replay", matches = "-?\\d+")
    void one_history_is_printed() {
        long seed = Long.getLong("parley.engine.replay", SEED);
        History history = new History(seed, Mutant.valueOf(System.getProperty("parley.engine.mutant", "NONE")));
        String end = "the history is over without a violation";
        try {
            history.run();
        } catch (Violation e) {
            end = String.valueOf(e.getMessage());
        }
        System.out.println(HistoryPrinter.of(history.scene, null) + "\nseed " + seed + ": " + end);
        assertThat(end).startsWith("the history is over");
    }
}
