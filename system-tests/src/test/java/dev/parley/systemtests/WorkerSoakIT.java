package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.process.Footprint;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A worker needs no more memory and threads after thousands of streams than after the first ones.
 *
 * <pre>./mvnw verify -pl system-tests -am -Psoak -Dparley.seed=1 -Dparley.faults.soak_streams=10000</pre>
 */
@Timeout(3_600)
@Order(TestClassOrder.OWN_WORKERS)
class WorkerSoakIT extends FaultTest {

    private static final boolean LONG = Boolean.getBoolean("parley.soak");
    private static final int STREAMS = Integer.getInteger("parley.faults.soak_streams", LONG ? 10_000 : 320);
    private static final int QUARTERS = 4;
    private static final int STREAMS_A_USER = 60;
    private static final int USERS = Math.max(16, STREAMS / STREAMS_A_USER);
    private static final int SESSIONS_A_USER = 5;

    /** How many finished turns a worker keeps: so few that the bound is reached during the warm-up. */
    private static final Map<String, String> SHORT_MEMORY = Map.of(
            "PARLEY_ENGINE_VIEW_MAX_CHARS", "100000",
            "PARLEY_ENGINE_VIEW_MAX_TURNS_PER_SESSION", "2",
            "PARLEY_ENGINE_VIEW_MAX_FORGOTTEN_TURNS", "160",
            "PARLEY_ENGINE_VIEW_MAX_EARLY_STOPS", "80");

    /** Some twenty finished turns and 160 known ids reach that bound. */
    private static final int WARM_UP = Math.max(240, STREAMS / 10);

    /** Texts of 5,000 characters: a worker that kept them all would grow by 10 KiB per stream. */
    private static final int CHUNKS = 400;

    private static final int CHUNKS_A_SECOND = 8_000;

    /** Beyond the larger of the first two measurements. In the long form that is 200 bytes per stream. */
    private static final long HEAP_GROWTH_BYTES = 2L << 20;

    private static final int THREAD_GROWTH = 3;

    WorkerSoakIT(Cluster cluster) {
        super(cluster);
    }

    @Override
    @BeforeEach
    void settle() throws InterruptedException {
        cluster.disband();
        super.settle();
    }

    @Override
    Map<String, String> workerSettings() {
        return SHORT_MEMORY;
    }

    @AfterEach
    void forgetSettings() {
        cluster.disband();
    }

    @Test
    void memory_and_threads_of_a_worker_do_not_grow() throws Exception {
        List<ChatClient> clients = connectAll(USERS);
        Map<Node, List<Footprint>> footprints =
                cluster.workers().stream().collect(Collectors.toMap(worker -> worker, _ -> new ArrayList<>()));
        play(clients, WARM_UP);
        measure(footprints);
        for (int quarter = 1; quarter <= QUARTERS; quarter++) {
            play(clients, STREAMS / QUARTERS);
            measure(footprints);
        }

        footprints.forEach((worker, each) -> printFigures(
                "%s after %d streams and each quarter of %d more: %s", worker.name(), WARM_UP, STREAMS, each));
        footprints.values().forEach(WorkerSoakIT::assertFlat);
    }

    private static void measure(Map<Node, List<Footprint>> footprints) throws InterruptedException {
        for (Map.Entry<Node, List<Footprint>> each : footprints.entrySet()) {
            each.getValue().add(Footprint.of(each.getKey()));
        }
    }

    private static void assertFlat(List<Footprint> footprints) {
        Footprint first = footprints.get(0);
        Footprint second = footprints.get(1);
        Footprint last = footprints.getLast();
        assertThat(last.heapBytes())
                .as("reachable heap; first\n%s\nlast\n%s", first.histogram(), last.histogram())
                .isLessThanOrEqualTo(Math.max(first.heapBytes(), second.heapBytes()) + HEAP_GROWTH_BYTES);
        assertThat(last.threadCount())
                .as("threads; first %s, last %s", first.threads(), last.threads())
                .isLessThanOrEqualTo(Math.max(first.threadCount(), second.threadCount()) + THREAD_GROWTH);
        assertThat(footprints).allSatisfy(each -> {
            assertThat(each.threadsNamed("stream-")).isZero();
            assertThat(each.threadsNamed("model-")).isZero();
        });
    }

    /** Each user sends one message after the other. The speed is that of the slowest part, which here is the projection. */
    private void play(List<ChatClient> clients, int streams) throws InterruptedException {
        List<Callable<List<Running>>> users = new ArrayList<>();
        for (int user = 0; user < clients.size(); user++) {
            ChatClient client = clients.get(user);
            int share = (streams + clients.size() - 1 - user) / clients.size();
            users.add(() -> askInTurn(client, share));
        }
        List<Running> asked = AtOnce.all(users).stream().flatMap(List::stream).toList();
        assertThat(asked).hasSize(streams);
        assertComplete(asked, HEALED_WITHIN);
        awaitDocuments();
    }

    private List<Running> askInTurn(ChatClient client, int count) throws InterruptedException {
        List<Running> asked = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            Running stream = ask(client, "s-" + n % SESSIONS_A_USER, Script.of(CHUNKS, CHUNKS_A_SECOND));
            withLog(stream, () -> stream.answer().awaitEnd(HEALED_WITHIN));
            asked.add(stream);
        }
        return asked;
    }
}
