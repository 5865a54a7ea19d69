package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.kafka.Topics;
import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedStream;
import dev.parley.systemtests.log.LogExcerpt;
import dev.parley.systemtests.model.Plan;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Parley;
import dev.parley.systemtests.setup.WorkerGroup;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test with streams in all partitions of the shared cluster while its processes fail or are restarted. */
@ExtendWith(SharedCluster.class)
@Tag("faults")
@Timeout(600)
abstract class FaultTest extends SystemTest {

    static final int PARTITIONS = 8;

    /** How long a stream may be silent when a worker leaves or joins. */
    static final Duration UNNOTICED = Duration.ofSeconds(1);

    static final Map<String, String> OPENAI = Map.of("provider", "openai");

    private static final int CHUNKS_A_SECOND = 50;

    static final Duration HEALED_WITHIN = Duration.ofSeconds(60);

    final Cluster cluster;

    /** Whether the group has a dead member that still owns partitions. */
    private boolean killed;

    private int connected;

    FaultTest(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    Parley parley() {
        return cluster;
    }

    @BeforeEach
    void settle() throws InterruptedException {
        if (cluster.group().isEmpty()) {
            cluster.regroup(cluster.workers(), workerSettings());
        }
        group().awaitOwners(cluster.workers().size());
        awaitAllAct();
    }

    /** Waits until each worker starts streams: an assignment reaches a worker only with its next heartbeat. */
    void awaitAllAct() throws InterruptedException {
        long deadline = System.nanoTime() + HEALED_WITHIN.toNanos();
        while (System.nanoTime() - deadline < 0) {
            List<Running> probes = streams(PARTITIONS, () -> Script.of(1, CHUNKS_A_SECOND));
            assertComplete(probes, HEALED_WITHIN);
            Histories log = log();
            if (cluster.workers().stream()
                    .noneMatch(worker -> log.startedBy(worker, probes).isEmpty())) {
                return;
            }
        }
        throw new AssertionError("a worker starts no streams within " + HEALED_WITHIN);
    }

    @AfterEach
    void startStoppedProcesses() throws InterruptedException {
        if (killed) {
            cluster.disband();
        }
        if (cluster.group().isEmpty()) {
            cluster.startAllButWorkers();
        } else {
            cluster.startAll();
        }
    }

    /** Settings of the workers beyond the default ones, for a new group. */
    Map<String, String> workerSettings() {
        return Map.of();
    }

    WorkerGroup group() {
        return cluster.group().orElseThrow();
    }

    /** Kills the worker with SIGKILL. */
    void kill(Node worker) throws InterruptedException {
        killed = true;
        worker.kill();
    }

    /** One of the two workers. */
    Node anyWorker() {
        return cluster.workers().get(random().nextInt(cluster.workers().size()));
    }

    /** Connects a new user of the partition, to each gateway in turn. */
    ChatClient connectTo(int partition) throws InterruptedException {
        List<URI> gateways = cluster.gateways();
        return connectTo(partition, gateways.get(connected++ % gateways.size()));
    }

    /** Connects a new user of the partition. */
    ChatClient connectTo(int partition, URI gateway) throws InterruptedException {
        for (int n = 0; ; n++) {
            String user = "user" + n + "-" + Integer.toHexString(random().nextInt());
            if (RecordKey.partition(new UserId(user), PARTITIONS) == partition) {
                return connect(known(user), gateway);
            }
        }
    }

    /** The other one of the two gateways. */
    URI other(URI gateway) {
        return cluster.gateways().stream()
                .filter(each -> !each.equals(gateway))
                .findFirst()
                .orElseThrow();
    }

    Running ask(ChatClient client, String session, Script script) {
        long asked = System.nanoTime();
        ReceivedStream answer = client.ask(session, newId(), script.message(), Map.of());
        return new Running(client, answer, script.text(), asked);
    }

    /** Sends a message that provider {@code openai} answers by the plan. */
    OfModel ask(ChatClient client, String session, Plan plan) {
        String message = cluster.model().plan(plan);
        long asked = System.nanoTime();
        ReceivedStream answer = client.ask(session, newId(), message, OPENAI);
        return new OfModel(new Running(client, answer, plan.text(), asked), message);
    }

    /**
     * A stream that the fake model answers.
     *
     * @param message by which the fake model finds its plan
     */
    record OfModel(Running stream, String message) {}

    /** Starts {@code count} streams, each of a user of its own, spread evenly over the partitions. */
    List<Running> streams(int count, Supplier<Script> scripts) throws InterruptedException {
        return connectAll(count).stream()
                .map(client -> ask(client, "s-1", scripts.get()))
                .toList();
    }

    /** Connects {@code count} users, spread evenly over the partitions. */
    List<ChatClient> connectAll(int count) throws InterruptedException {
        List<ChatClient> clients = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            clients.add(connectTo(n % PARTITIONS));
        }
        return clients;
    }

    String newId() {
        return new UUID(random().nextLong(), random().nextLong()).toString();
    }

    /** Waits until each is complete, and compares its text with the expected one. */
    void assertComplete(Collection<Running> streams, Duration bound) throws InterruptedException {
        long deadline = System.nanoTime() + bound.toNanos();
        for (Running each : streams) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            withLog(each, () -> {
                Frame end = each.answer().awaitEnd(left);
                assertThat(end.type()).isEqualTo("stream_complete");
                assertThat(each.answer().text()).isEqualTo(each.text());
                assertThat(end.text("full_content")).isEqualTo(each.text());
            });
        }
    }

    interface Check {
        void run() throws InterruptedException;
    }

    /** Runs a check; if it fails, adds the stream's log to the error. */
    void withLog(Running stream, Check check) throws InterruptedException {
        try {
            check.run();
        } catch (AssertionError wrong) {
            throw new AssertionError(
                    stream.client().state() + "; " + wrong.getMessage() + "\n"
                            + LogExcerpt.of(topic(Topics.EVENTS), stream.id()),
                    wrong);
        }
    }

    /** The log up to now. */
    Histories log() {
        return new Histories(histories());
    }

    /** Prints figures with the seed that reproduces them. */
    void printFigures(String format, Object... arguments) {
        System.out.println("FIGURES " + test() + " seed=" + Form.seed() + ": " + format.formatted(arguments));
    }
}
