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
 * A worker is paused until others have taken over its streams, and then continues.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=WorkerHangsIT -Dparley.seed=1 -Dparley.faults.hang_s=15 \
 *     -Dparley.faults.streams=50 -Dparley.faults.repeats=3</pre>
 */
class WorkerHangsIT extends FaultTest {

    private static final int STREAMS = Form.size("streams", 24, 50);

    /**
     * A fast stream has a record on its way when its worker is paused, a slow one waits for its model. Whichever the worker continues
     * with, it is late.
     */
    private static final int FAST = Form.size("rate", 100, 100);

    private static final int SLOW = 10;

    /** The least duration; the pause also lasts until all streams of the worker are taken over. */
    private static final int HANGS_S = Form.size("hang_s", 4, 15);

    private static final int AFTER_S = 5;
    private static final int LASTS_S = HANGS_S + AFTER_S;

    /** Rounds until a zombie has written late records. */
    private static final int ATTEMPTS = 3;

    WorkerHangsIT(Cluster cluster) {
        super(cluster);
    }

    /** Each test ends with a check that every frame at every client is the accepted record, byte for byte. */
    @ParameterizedTest
    @MethodSource("dev.parley.systemtests.Form#rounds")
    void records_of_a_zombie_are_dropped(int round) throws Exception {
        int late = 0;
        for (int attempt = 1; late == 0 && attempt <= ATTEMPTS; attempt++) {
            late = standStill();
        }
        assertThat(late).as("late records of zombies").isPositive();
    }

    /** @return how many records the zombie wrote late: none if it reads the takeovers before it continues */
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
        settle(); // after this the zombie has written new records, and so all late ones
        Histories log = log();
        Late written = log.late(zombie, streams);
        printFigures(
                "%s was paused with %d of %d streams; late records dropped %d, accepted %d",
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
