package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.SeenStream;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Parley;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One process dies, hangs or leaves while streams run; the short forms, each once. */
@ExtendWith(SharedCluster.class)
class FaultsIT extends SystemTest {

    private static final int PARTITIONS = 8;
    private static final int CHUNKS_A_SECOND = 50;

    /** The longest that a stream may be silent when its worker has died: its lease, and what taking it over costs. */
    private static final Duration RECOVERED_WITHIN = Duration.ofSeconds(6);

    /** The longest that a stream may be silent when its worker leaves in good order. */
    private static final Duration UNNOTICED = Duration.ofSeconds(1);

    private final Cluster cluster;

    /** A stream under way. */
    private record Running(ChatClient client, SeenStream answer, Script script) {}

    FaultsIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    Parley parley() {
        return cluster;
    }

    @AfterEach
    void mend() throws InterruptedException {
        cluster.startAll();
    }

    @Test
    void streams_of_a_killed_worker_go_on_to_the_last_character() throws Exception {
        List<Running> running = oneStreamAPartition(300);
        long killed = System.nanoTime();
        cluster.workers().getFirst().kill();

        assertAllComplete(running);
        long[] silences = running.stream()
                .mapToLong(each -> longestSilenceAfter(killed, each.answer()))
                .sorted()
                .toArray();
        System.out.printf(
                "killed worker: %d streams, taken over %d, silence p50 %d ms, max %d ms%n",
                running.size(), takenOver(), silences[silences.length / 2], silences[silences.length - 1]);
        assertThat(takenOver()).isPositive().isLessThan(running.size());
        assertThat(silences[silences.length - 1]).isLessThan(RECOVERED_WITHIN.toMillis());
    }

    @Test
    void a_worker_that_wakes_up_again_changes_nothing() throws Exception {
        List<Running> running = oneStreamAPartition(400);
        Node zombie = cluster.workers().getFirst();
        zombie.pause();
        try {
            for (Running each : running) {
                each.answer().awaitChunks(250);
            }
        } finally {
            zombie.resume();
        }

        assertAllComplete(running);
        assertThat(takenOver()).isPositive();
        System.out.println("paused worker: taken over " + takenOver() + " of " + running.size());
    }

    @Test
    void no_stream_notices_that_a_worker_leaves() throws Exception {
        List<Running> running = oneStreamAPartition(150);
        long left = System.nanoTime();
        cluster.workers().getFirst().terminate(Parley.LEAVES_WITHIN);

        assertAllComplete(running);
        assertThat(takenOver()).isZero();
        long longest = running.stream()
                .mapToLong(each -> longestSilenceAfter(left, each.answer()))
                .max()
                .orElseThrow();
        System.out.println("leaving worker: longest silence " + longest + " ms");
        assertThat(longest).isLessThan(UNNOTICED.toMillis());
    }

    @Test
    void clients_of_a_killed_gateway_go_on_at_the_other() throws Exception {
        List<Running> running = oneStreamAPartition(200);
        cluster.gatewayNodes().getFirst().kill();

        for (Running each : running) {
            if (each.client().gateway().equals(cluster.gateways().getLast())) {
                each.answer().awaitEnd();
                continue;
            }
            assertThat(each.client().awaitClosed()).isEqualTo(1006);
            long last = each.answer().events().getLast().seq();
            ChatClient back = connect(each.client().user(), cluster.gateways().getLast());
            SeenStream rest =
                    back.resume(each.answer().sessionId(), each.answer().messageId(), last);
            assertThat(rest.awaitEnd().text("full_content"))
                    .isEqualTo(each.script().text());
            assertThat(rest.events().getFirst().seq()).isEqualTo(last + 1);
        }
    }

    @Test
    void a_gateway_that_leaves_says_so_and_its_clients_go_on_at_the_other() throws Exception {
        ChatClient client = connect(user("anna"), cluster.gateways().getFirst());
        Script script = Script.of(200, CHUNKS_A_SECOND);
        SeenStream answer = client.ask(script.message());
        answer.awaitChunks(5);
        cluster.gatewayNodes().getFirst().terminate(Parley.LEAVES_WITHIN);

        assertThat(client.awaitFrame("going_away")
                        .data()
                        .path("reconnect_in_ms")
                        .isNumber())
                .isTrue();
        assertThat(client.awaitClosed()).isEqualTo(1012);
        long last = answer.events().getLast().seq();
        ChatClient back = connect(client.user(), cluster.gateways().getLast());
        SeenStream rest = back.resume(answer.sessionId(), answer.messageId(), last);
        assertThat(rest.awaitEnd().text("full_content")).isEqualTo(script.text());
    }

    /** Returns when each has said a little. */
    private List<Running> oneStreamAPartition(int chunks) throws InterruptedException {
        List<Running> running = new ArrayList<>();
        Set<Integer> partitions = new HashSet<>();
        for (int n = 0; partitions.size() < PARTITIONS; n++) {
            String user = user("user" + n);
            if (partitions.add(RecordKey.partition(new UserId(user), PARTITIONS))) {
                var client = connect(user, cluster.gateways().get(n % 2));
                Script script = Script.of(chunks, CHUNKS_A_SECOND);
                running.add(new Running(client, client.ask(script.message()), script));
            }
        }
        for (Running each : running) {
            each.answer().awaitChunks(5);
        }
        return running;
    }

    private static void assertAllComplete(List<Running> running) throws InterruptedException {
        for (Running each : running) {
            Frame end = each.answer().awaitEnd();
            assertThat(end.type()).isEqualTo("stream_complete");
            assertThat(end.text("full_content")).isEqualTo(each.script().text());
        }
    }

    private long takenOver() {
        return histories().stream()
                .filter(stream -> stream.writers().size() > 1)
                .count();
    }

    private static long longestSilenceAfter(long nanos, SeenStream answer) {
        long[] times = LongStream.concat(
                        LongStream.of(nanos),
                        answer.events().stream().mapToLong(Frame::arrivedNanos).filter(time -> time > nanos))
                .toArray();
        long longest = 0;
        for (int i = 1; i < times.length; i++) {
            longest = Math.max(longest, times[i] - times[i - 1]);
        }
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }
}
