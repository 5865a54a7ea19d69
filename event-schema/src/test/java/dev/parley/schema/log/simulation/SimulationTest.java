package dev.parley.schema.log.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.schema.log.Claim;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every history keeps the guarantees G2 (no gaps), G3 and G4 (one terminal event, nothing after it), G6 (one writer, which knew the events before
 * its own), and ends. Each mutant of the protocol breaks one of them. (There is no mutant for the rule that the first takeover with an attempt
 * counts: a rule by which the last one counts keeps these guarantees, too. The first one counts so that workers cannot take a stream from each
 * other endlessly.) {@code -Dparley.seed} repeats a run, {@code -Dparley.histories} sets the number of histories.
 */
class SimulationTest {

    private static final int HISTORIES = Integer.getInteger("parley.histories", 40_000);
    private static final int MUTANT_HISTORIES = 20_000;
    private static final long SEED = Long.getLong("parley.seed", System.nanoTime());

    @Test
    void every_history_keeps_the_guarantees() {
        Checker checker = new Checker();
        long begun = System.nanoTime();
        for (int i = 0; i < HISTORIES; i++) {
            History history = new History(SEED + i, Habits.CORRECT);
            String broken = history.run(checker);
            if (broken != null) {
                fail("-Dparley.seed=%d -Dparley.histories=1%n%s%n%s", SEED + i, broken, history.shown());
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                "StreamLog simulation: seed %d, %d histories, %.0f histories/s, %d takeovers, dropped %s%n",
                SEED, HISTORIES, HISTORIES / seconds, checker.takeovers(), checker.dropped());

        if (HISTORIES >= 1_000) {
            assertThat(checker.dropped())
                    .as("drops that the faults must cause, and drops that a correct writer never causes")
                    .containsOnlyKeys(
                            DropReason.ALREADY_STARTED,
                            DropReason.LOST_TAKEOVER,
                            DropReason.STALE_CLAIM,
                            DropReason.REPEATED_SEQ,
                            DropReason.AFTER_END);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void a_mutant_breaks_a_guarantee(String name, Habits mutant) {
        for (int i = 0; i < MUTANT_HISTORIES; i++) {
            String broken = new History(SEED + i, mutant).run(new Checker());
            if (broken != null) {
                System.out.printf("%s: caught in history %d: %s%n", name, i + 1, broken);
                return;
            }
        }
        fail("no history of %d from seed %d shows what is wrong with: %s", MUTANT_HISTORIES, SEED, name);
    }

    static Stream<Arguments> mutants() {
        return Stream.of(
                Arguments.of("no claim check", Habits.withRule(SimulationTest::judgeWithoutClaims)),
                Arguments.of("no seq check", Habits.withRule(SimulationTest::judgeWithoutSeqs)),
                Arguments.of("the end is not the end", Habits.withRule(SimulationTest::judgeWithoutEnd)),
                Arguments.of("prefix read before the claim", Habits.CORRECT.thatReadsBeforeItsClaim()),
                Arguments.of("claims that collide", Habits.CORRECT.withClaimsThatCollide()),
                Arguments.of(
                        "a claim used again after a failed send", Habits.CORRECT.thatUsesAClaimAgainAfterAFailure()));
    }

    private static Verdict judgeWithoutClaims(StreamLog log, Entry entry) {
        Claim current = current(log);
        return current == null || entry instanceof Entry.Takeover
                ? log.accept(entry)
                : log.accept(withClaim(entry, current));
    }

    private static Verdict judgeWithoutSeqs(StreamLog log, Entry entry) {
        return log.accept(
                switch (entry) {
                    case Entry.Event event -> new Entry.Event(event.claim(), log.length());
                    case Entry.Terminal end -> new Entry.Terminal(end.claim(), log.length());
                    case Entry.Start s -> s;
                    case Entry.Takeover t -> t;
                    case Entry.Keepalive k -> k;
                    case Entry.Released r -> r;
                });
    }

    private static Verdict judgeWithoutEnd(StreamLog log, Entry entry) {
        return log instanceof StreamLog.Over over
                ? new StreamLog.Open(over.last(), over.length(), false, Entry.NOT_STATED).accept(entry)
                : log.accept(entry);
    }

    private static @Nullable Claim current(StreamLog log) {
        return log instanceof StreamLog.Open open ? open.current() : null;
    }

    private static Entry withClaim(Entry entry, Claim claim) {
        return switch (entry) {
            case Entry.Start s -> new Entry.Start(claim);
            case Entry.Takeover t -> new Entry.Takeover(claim);
            case Entry.Keepalive k -> new Entry.Keepalive(claim);
            case Entry.Released r -> new Entry.Released(claim);
            case Entry.Event e -> new Entry.Event(claim, e.seq());
            case Entry.Terminal t -> new Entry.Terminal(claim, t.seq());
        };
    }
}
