package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A stop in every state of a stream and of its worker. After each test it is checked that each stream has exactly one terminal event.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=StopsIT -Dparley.seed=1 -Dparley.faults.streams=50 \
 *     -Dparley.faults.races=400</pre>
 */
@Order(TestClassOrder.KILLS_LAST)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StopsIT extends FaultTest {

    private static final int STREAMS = Form.size("streams", 16, 50);
    private static final int RACES = Form.size("races", 48, 400);
    private static final int RATE = 20;

    /** The promised bound for a stop (G7). */
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(5);

    private final Map<Running, Long> stops = new HashMap<>();

    StopsIT(Cluster cluster) {
        super(cluster);
    }

    @Test
    void before_its_turn_has_come() throws Exception {
        List<ChatClient> clients = connectAll(PARTITIONS);
        List<Running> before = askEach(clients, 40 * RATE);
        List<Running> queued = askEach(clients, 10);
        for (Running each : queued) {
            each.answer().awaitAcknowledged();
        }

        Latencies ends = stopAndAwait(queued);

        for (int n = 0; n < clients.size(); n++) {
            Running first = before.get(n);
            assertThat(queued.get(n).answer().text()).isEmpty();
            assertThat(first.answer().events()).extracting(Frame::type).doesNotContain("generation_stopped");
            first.answer().awaitText(first.answer().chars() + 1);
        }
        stopAndAwait(before);
        printFigures("%d messages stopped before their turn; stop to end %s", queued.size(), ends);
    }

    @Test
    void in_the_middle_and_again() throws Exception {
        List<Running> streams = underWay();

        streams.forEach(each -> each.client().stop(each.answer()));
        Latencies ends = stopAndAwait(streams);
        for (Running each : streams) {
            each.client().stop(each.answer());
            Frame reply = each.answer().awaitReply("stop_acknowledged", 3);
            assertThat(reply.data().path("already_completed").asBoolean(false)).isTrue();
        }

        printFigures("%d streams stopped, each three times; stop to end %s", streams.size(), ends);
    }

    @Test
    void while_the_answer_ends_by_itself() throws Exception {
        List<ChatClient> clients = connectAll(Math.min(RACES, 24));
        List<Running> raced = new ArrayList<>();
        for (int n = 0; n < RACES; n += clients.size()) {
            List<Running> round = askEach(clients, RATE);
            AtOnce.all(round.stream().map(this::stopLate).toList());
            raced.addAll(round);
        }

        Map<String, Long> ends = new TreeMap<>();
        for (Running each : raced) {
            withLog(each, () -> {
                Frame end = each.answer().awaitEnd(STOPPED_WITHIN);
                ends.merge(end.type(), 1L, Long::sum);
                assertThat(end.type()).isIn("stream_complete", "generation_stopped");
                assertThat(each.text()).startsWith(each.answer().text());
                assertThat(end.type().equals("generation_stopped")
                                || each.answer().text().equals(each.text()))
                        .as("the text of a complete answer")
                        .isTrue();
                each.answer().awaitReply("stop_acknowledged", 1);
            });
        }
        printFigures("%d stops raced with the end: %s", raced.size(), ends);
        assertThat(ends.keySet()).as("both endings occur").hasSize(2);
    }

    /** At a random point in the last half of the answer, which takes half a second. */
    private Callable<Frame> stopLate(Running stream) {
        int chars = stream.text().length();
        int before = chars - random().nextInt(chars / 2);
        return () -> {
            Frame last = stream.answer().awaitText(before);
            stream.client().stop(stream.answer());
            return last;
        };
    }

    /** Runs last, because the other tests would need new workers after it. */
    @Test
    @Order(Integer.MAX_VALUE)
    void while_its_worker_is_dead() throws Exception {
        List<Running> streams = underWay();
        Node victim = anyWorker();
        List<Running> lost = log().startedBy(victim, streams);

        kill(victim);
        Latencies ends = stopAndAwait(streams);

        printFigures(
                "%s was dead; stop to end, of its streams %s, of all %s", victim.name(), endsAfterStop(lost), ends);
        assertThat(lost).isNotEmpty();
    }

    @Test
    void while_its_worker_is_paused() throws Exception {
        List<Running> streams = underWay();
        Node victim = anyWorker();
        List<Running> lost = log().startedBy(victim, streams);

        victim.pause();
        try {
            Latencies ends = stopAndAwait(streams);
            printFigures(
                    "%s was paused; stop to end, of its streams %s, of all %s",
                    victim.name(), endsAfterStop(lost), ends);
            assertThat(lost).isNotEmpty();
        } finally {
            victim.resume();
        }
        NewMessages newMessages = new NewMessages(this);
        newMessages.ask();
        assertComplete(newMessages.all(), HEALED_WITHIN);
    }

    /** The times of streams that end with a stop only. */
    private Latencies stopAndAwait(Collection<Running> streams) throws InterruptedException {
        for (Running each : streams) {
            stops.put(each, System.nanoTime());
            each.client().stop(each.answer());
        }
        for (Running each : streams) {
            withLog(each, () -> {
                Frame end = each.answer().awaitEnd(STOPPED_WITHIN);
                assertThat(end.type()).isEqualTo("generation_stopped");
                assertThat(end.text("reason")).isEqualTo("user_cancelled");
                assertThat(each.text()).startsWith(each.answer().text());
                each.answer().awaitReply("stop_acknowledged", 1);
            });
        }
        Latencies ends = endsAfterStop(streams);
        assertThat(ends.max()).isLessThanOrEqualTo(STOPPED_WITHIN);
        return ends;
    }

    private Latencies endsAfterStop(Collection<Running> streams) {
        return Latencies.ofNanos(streams.stream()
                .map(each -> each.answer().events().getLast().arrivedNanos() - Objects.requireNonNull(stops.get(each)))
                .toList());
    }

    /** Streams that run longer than a test and have at least one chunk. */
    private List<Running> underWay() throws InterruptedException {
        List<Running> streams = streams(STREAMS, () -> Script.of(60 * RATE, RATE));
        for (Running each : streams) {
            each.answer().awaitText(1);
        }
        return streams;
    }

    private List<Running> askEach(List<ChatClient> clients, int chunks) {
        return clients.stream()
                .map(client -> ask(client, "s-1", Script.of(chunks, RATE)))
                .toList();
    }
}
