package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.Histories.Late;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.process.TcpProxy.Way;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The network between a worker and Kafka fails, one way or both, while the worker and its models continue. What it wrote may arrive after
 * another worker has taken its streams over, or never, and it cannot tell which.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=WorkerCutOffIT -Dparley.seed=1 -Dparley.faults.streams=50 \
 *     -Dparley.faults.cut_s=15</pre>
 */
@Order(TestClassOrder.OWN_WORKERS)
class WorkerCutOffIT extends FaultTest {

    private static final int STREAMS = Form.size("streams", 24, 50);
    private static final int RATE = Form.size("rate", 20, 50);

    /** The least duration; the cut also lasts until all streams of the worker are taken over. */
    private static final int CUT_S = Form.size("cut_s", 4, 15);

    private static final int AFTER_S = 5;

    /** The bound for a worker that died: other workers cannot tell the difference. */
    private static final Duration GOES_ON_WITHIN = Duration.ofSeconds(6);

    private final Node victim;

    WorkerCutOffIT(Cluster cluster) {
        super(cluster);
        victim = cluster.workers().getFirst();
    }

    /** What happens to bytes that were on their way. */
    enum InFlight {
        /** They arrive when the network works again. */
        LATE,
        /** They are lost with their connections. */
        WITHOUT
    }

    static Stream<Arguments> cuts() {
        Set<Way> both = EnumSet.allOf(Way.class);
        if (!Form.isLong()) {
            return Stream.of(Arguments.of(both, InFlight.LATE));
        }
        return Stream.of(both, Set.of(Way.TO_SERVER), Set.of(Way.FROM_SERVER))
                .flatMap(ways -> Stream.of(InFlight.values()).map(restored -> Arguments.of(ways, restored)));
    }

    @Override
    @BeforeEach
    void settle() throws InterruptedException {
        cluster.viaDetour(victim);
        cluster.disband();
        super.settle();
    }

    @AfterEach
    void goDirectly() {
        cluster.directly(victim);
        cluster.disband();
    }

    /** Each test ends with a check that every frame at every client is the accepted record, byte for byte. */
    @ParameterizedTest
    @MethodSource("cuts")
    void another_worker_continues_its_streams_and_its_late_records_are_dropped(Set<Way> ways, InFlight restored)
            throws Exception {
        var newMessages = new NewMessages(this);
        List<Running> streams = streams(STREAMS, () -> Script.of(RATE * (CUT_S + AFTER_S), RATE));
        for (Running each : streams) {
            each.answer().awaitText(1);
        }
        List<Running> lost = log().startedBy(victim, streams);
        List<Running> others = others(streams, lost);

        long cut = System.nanoTime();
        cluster.detour().cut(ways);
        try {
            newMessages.askAndAwaitStarts();
            for (Running each : lost) {
                withLog(each, () -> each.answer().awaitEvents("stream_resumed", 1));
            }
            Running clock = others.getFirst();
            withLog(
                    clock,
                    () -> clock.answer()
                            .awaitText(
                                    clock.text().length() * CUT_S / (CUT_S + AFTER_S),
                                    HEALED_WITHIN.plusSeconds(CUT_S)));
        } finally {
            switch (restored) {
                case LATE -> cluster.detour().restore();
                case WITHOUT -> cluster.detour().restoreWithoutOldConnections();
            }
        }
        long since = System.nanoTime();

        assertComplete(streams, HEALED_WITHIN);
        assertComplete(newMessages.all(), HEALED_WITHIN);
        awaitAllAct();
        Duration back = Duration.ofNanos(System.nanoTime() - since);
        Histories log = log();
        Latencies recovery = log.goOnAfter(cut, lost);
        Late late = log.late(victim, streams);
        printFigures(
                "%s was cut off %s, restored %s: %d of %d streams; recovery %s; send to start, in all partitions %s; late records dropped %d,"
                        + " accepted %d; at work again within %d ms",
                victim.name(),
                ways,
                restored,
                lost.size(),
                streams.size(),
                recovery,
                newMessages.startTimes(newMessages.all()),
                late.dropped(),
                late.accepted(),
                back.toMillis());
        assertThat(lost).isNotEmpty().hasSizeLessThan(streams.size());
        assertThat(late.accepted()).isZero();
        assertThat(lost).allMatch(log::wasTakenOver);
        assertThat(others).noneMatch(log::wasTakenOver);
        assertThat(recovery.max()).isLessThanOrEqualTo(GOES_ON_WITHIN);
        assertThat(newMessages.startTimes(newMessages.all()).max()).isLessThanOrEqualTo(GOES_ON_WITHIN);
    }

    private static List<Running> others(List<Running> streams, List<Running> lost) {
        List<Running> others = new ArrayList<>(streams);
        others.removeAll(lost);
        return others;
    }
}
