package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.Histories.Late;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A worker that stands still until others have its streams, and then wakes up and writes on.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=WorkerHangsIT -Dparley.seed=1 -Dparley.faults.hang_s=15 \
 *     -Dparley.faults.streams=50 -Dparley.faults.repeats=3</pre>
 */
class WorkerHangsIT extends FaultTest {

    private static final int STREAMS = Form.size("streams", 24, 50);

    /**
     * Of a fast stream a record is on its way when its worker is stopped, and a slow one waits for its model: whichever the worker
     * goes on with when it wakes up, it is late.
     */
    private static final int FAST = Form.size("rate", 100, 100);

    private static final int SLOW = 10;

    /** At least this long; it also lasts until all its streams are taken over. */
    private static final int HANGS_S = Form.size("hang_s", 4, 15);

    private static final int AFTER_S = 5;
    private static final int LASTS_S = HANGS_S + AFTER_S;

    /** Until a zombie writes something late. */
    private static final int ATTEMPTS = 3;

    WorkerHangsIT(Cluster cluster) {
        super(cluster);
    }

    /** That every frame at every client is the fold's, byte for byte, is what each test is checked for at its end. */
    @ParameterizedTest
    @MethodSource("dev.parley.systemtests.Form#rounds")
    void what_a_zombie_writes_counts_for_nobody(int round) throws Exception {
        int late = 0;
        for (int attempt = 1; late == 0 && attempt <= ATTEMPTS; attempt++) {
            late = standStill();
        }
        assertThat(late).as("what zombies wrote late").isPositive();
    }

    /** @return how much the zombie wrote late: nothing, if it hears of the takeovers before it goes on */
    private int standStill() throws Exception {
        List<Running> streams = streams(STREAMS, this::fastOrSlow);
        for (Running each : streams) {
            each.answer().awaitText(1);
        }
        Node zombie = anyWorker();

        zombie.pause();
        List<Running> lost;
        List<Running> others;
        try {
            List<Integer> sofar =
                    streams.stream().map(each -> each.answer().chars()).toList();
            lost = log().startedBy(zombie, streams);
            others = streams.stream().filter(each -> !lost.contains(each)).toList();
            Running clock = others.getFirst();
            int chars = sofar.get(streams.indexOf(clock)) + clock.text().length() * HANGS_S / LASTS_S;
            clock.answer().awaitText(Math.min(clock.text().length(), chars), HEALED_WITHIN.plusSeconds(HANGS_S));
            for (Running each : lost) {
                withLog(each, () -> each.answer().awaitEvents("stream_resumed", 1));
            }
        } finally {
            zombie.resume();
        }

        assertComplete(streams, HEALED_WITHIN);
        settle(); // then the zombie has written something new, and so all that was late
        Histories log = log();
        Late written = log.late(zombie, streams);
        printFigures(
                "%s stood still with %d of %d streams; late records dropped %d, accepted %d",
                zombie.name(), lost.size(), streams.size(), written.dropped(), written.accepted());
        assertThat(lost).isNotEmpty().hasSizeLessThan(streams.size());
        assertThat(written.accepted()).isZero();
        assertThat(lost).allMatch(log::wasTakenOver);
        assertThat(others).noneMatch(log::wasTakenOver);
        return written.dropped();
    }

    private Script fastOrSlow() {
        int rate = random().nextBoolean() ? FAST : SLOW;
        return Script.of(rate * LASTS_S, rate);
    }
}
