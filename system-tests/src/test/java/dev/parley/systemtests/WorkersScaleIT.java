package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.log.StreamHistory.Attempt;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Parley;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * From one worker to three and back to one under load; in the short form from one to two and back.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=WorkersScaleIT -Dparley.seed=1 \
 *     -Dparley.faults.protocols=consumer,classic -Dparley.faults.users=48 -Dparley.faults.more_workers=2</pre>
 */
@Order(TestClassOrder.OWN_WORKERS)
class WorkersScaleIT extends FaultTest {

    private static final int USERS = Form.size("users", 8, 48);
    private static final int RATE = Form.size("rate", 20, 50);
    /** Two workers exist already. */
    private static final int MORE_WORKERS = Form.size("more_workers", 1, 2);

    private static final int CHUNKS = RATE * Form.size("seconds", 1, 3);

    WorkersScaleIT(Cluster cluster) {
        super(cluster);
    }

    /** The test configures the workers itself. */
    @Override
    @BeforeEach
    void settle() {}

    @ParameterizedTest
    @MethodSource("dev.parley.systemtests.Form#protocols")
    void streams_continue_while_workers_join_and_leave(String protocol) throws Exception {
        Node stays = cluster.workers().getFirst();
        List<Node> comeAndGo = new ArrayList<>(List.of(cluster.workers().getLast()));
        List<Node> added = new ArrayList<>();
        try {
            while (comeAndGo.size() < MORE_WORKERS) {
                added.add(cluster.addWorker());
                comeAndGo.add(added.getLast());
            }
            cluster.regroup(List.of(stays), Map.of("PARLEY_ENGINE_GROUP_PROTOCOL", protocol));
            SteadyLoad load = SteadyLoad.begin(this, USERS, () -> Script.of(CHUNKS, RATE));
            load.awaitAnotherRound();

            long before = System.nanoTime();
            Parley.start(comeAndGo);
            long readyMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
            group().awaitOwners(1 + MORE_WORKERS);
            load.awaitAnotherRound();
            Node.terminateAll(comeAndGo, Parley.LEAVES_WITHIN);
            load.awaitAnotherRound();

            check(protocol, load.finish(), readyMs);
        } finally {
            added.forEach(cluster::removeWorker);
            cluster.disband();
        }
    }

    /** @param readyMs how long the new workers took to start and to read the log */
    private void check(String protocol, List<Running> streams, long readyMs) throws InterruptedException {
        assertComplete(streams, HEALED_WITHIN);
        Latencies silences = Latencies.ofNanos(streams.stream().mapToLong(Running::longestSilence));
        Map<String, Long> writers = histories().stream()
                .flatMap(stream -> stream.attempts().stream())
                .collect(Collectors.groupingBy(Attempt::worker, TreeMap::new, Collectors.counting()));
        printFigures(
                "group.protocol=%s: %d streams by %s; longest silence in a stream %s; send to start %s; new workers ready in %d ms",
                protocol, streams.size(), writers, silences, startTimes(streams), readyMs);
        assertThat(histories())
                .allSatisfy(stream -> assertThat(stream.attempts())
                        .as("attempts of %s", stream.id())
                        .hasSize(1));
        assertThat(writers).as("each worker wrote streams").hasSize(1 + MORE_WORKERS);
        assertThat(silences.max()).isLessThanOrEqualTo(UNNOTICED);
    }

    private static Latencies startTimes(List<Running> streams) throws InterruptedException {
        long[] nanos = new long[streams.size()];
        for (int n = 0; n < nanos.length; n++) {
            nanos[n] = streams.get(n).startedAfterNanos();
        }
        return Latencies.ofNanos(LongStream.of(nanos));
    }
}
