package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.Topics;
import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedStream;
import dev.parley.systemtests.log.LogExcerpt;
import dev.parley.systemtests.model.Plan;
import dev.parley.systemtests.model.Plan.Ending;
import dev.parley.systemtests.process.Eventually;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Parley;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The same message from several sockets at the same moment, as impatient clients and their proxies send it.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=RepeatedMessageIT -Dparley.seed=1 -Dparley.faults.messages=200</pre>
 */
class RepeatedMessageIT extends FaultTest {

    private static final int MESSAGES = Form.size("messages", 24, 200);
    private static final int IN_ONE_SESSION = 3;
    private static final int MOST_TRIES = 10;
    private static final Plan PLAN = Plan.of(15, Duration.ofMillis(20), Ending.DONE);

    RepeatedMessageIT(Cluster cluster) {
        super(cluster);
    }

    /** A message of one user, sent from several sockets in one session and from one more in another session. */
    private final class Repeated {

        private final String message = cluster.model().plan(PLAN);
        private final String id = newId();
        private final List<ChatClient> sockets = new ArrayList<>();
        private List<ReceivedStream> seen = List.of();

        Repeated(int partition) throws InterruptedException {
            List<URI> gateways = cluster.gateways();
            ChatClient first = connectTo(partition);
            int others = gateways.indexOf(first.gateway());
            sockets.add(first);
            for (int n = 1; n <= IN_ONE_SESSION; n++) {
                sockets.add(connect(first.user(), gateways.get((others + n) % gateways.size())));
            }
            Collections.shuffle(sockets, random());
        }

        void send() throws InterruptedException {
            seen = AtOnce.all(IntStream.range(0, sockets.size())
                    .<Callable<ReceivedStream>>mapToObj(
                            n -> () -> sockets.get(n).ask(n < IN_ONE_SESSION ? "s-1" : "s-2", id, message, OPENAI))
                    .toList());
        }

        void check() throws InterruptedException {
            assertThat(seen).hasSize(sockets.size());
            List<String> first = frames(seen.getFirst());
            for (ReceivedStream each : seen) {
                assertThat(each.awaitEnd().type()).isEqualTo("stream_complete");
                assertThat(each.text()).isEqualTo(PLAN.text());
                assertThat(frames(each)).isEqualTo(first);
            }
            assertThat(cluster.model().requests(message))
                    .as(() -> LogExcerpt.of(
                            topic(Topics.EVENTS), StreamId.of(sockets.getFirst().user(), id)))
                    .hasSize(1);
        }

        private static List<String> frames(ReceivedStream stream) throws InterruptedException {
            stream.awaitEnd();
            return stream.events().stream().map(Frame::toString).toList();
        }
    }

    @Test
    void the_model_is_called_once_and_all_sockets_get_the_whole_answer() throws Exception {
        List<Repeated> messages = new ArrayList<>();
        for (int n = 0; n < MESSAGES; n++) {
            messages.add(new Repeated(n % PARTITIONS));
        }

        for (Repeated each : messages) {
            each.send();
        }

        for (Repeated each : messages) {
            each.check();
        }
        printFigures(
                "%d messages, each %d times in one session and once in another, over %d gateways; one call of the model each",
                MESSAGES, IN_ONE_SESSION, cluster.gateways().size());
    }

    /** The message is refused before it is published, or it is the same stream: there is one answer, whatever the store does. */
    @Test
    void an_old_id_gets_no_second_answer_while_the_store_is_paused_and_the_workers_are_new() throws Exception {
        String message = cluster.model().plan(PLAN);
        String id = newId();
        ChatClient client = connectTo(0);
        client.ask("s-1", id, message, OPENAI).awaitEnd();
        awaitDocuments();

        cluster.store().pause();
        try {
            for (Node worker : cluster.workers()) {
                kill(worker);
            }
            Parley.start(cluster.workers());
            ReceivedStream repeated =
                    connect(client.user(), cluster.gateways().getLast()).ask("s-2", id, message, OPENAI);
            isTaken(repeated);
            assertComplete(List.of(ask(client, "s-3", Script.of(15, 50))), HEALED_WITHIN);
            assertThat(cluster.model().requests(message)).hasSize(1);
        } finally {
            cluster.store().resume();
        }

        awaitDocuments();
        ReceivedStream whole = connect(client.user(), client.gateway()).ask("s-1", id, message, OPENAI);
        for (int n = 1; n < MOST_TRIES && !isTaken(whole); n++) {
            whole = connect(client.user(), client.gateway()).ask("s-1", id, message, OPENAI);
        }
        assertThat(whole.awaitEnd().text("full_content")).isEqualTo(PLAN.text());
        assertThat(cluster.model().requests(message)).hasSize(1);
    }

    /** Whether it was acknowledged; otherwise the gateway could not tell whether its id is new. */
    private static boolean isTaken(ReceivedStream stream) {
        Frame reply = Eventually.await(
                "a reply", HEALED_WITHIN, () -> stream.replies().stream().findFirst());
        if (reply.type().equals("error")) {
            assertThat(reply.text("code")).isEqualTo("UNAVAILABLE");
        }
        return reply.type().equals("stream_acknowledged");
    }
}
