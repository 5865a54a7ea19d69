package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.SeenStream;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Parley;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A gateway dies or leaves while streams run. */
class GatewayFaultsIT extends FaultTest {

    private static final int CHUNKS_A_SECOND = 50;

    GatewayFaultsIT(Cluster cluster) {
        super(cluster);
    }

    @Test
    void clients_of_a_killed_gateway_go_on_at_the_other() throws Exception {
        List<Running> running = streams(PARTITIONS, () -> Script.of(200, CHUNKS_A_SECOND));
        for (Running each : running) {
            each.answer().awaitText(1);
        }
        cluster.gatewayNodes().getFirst().kill();

        for (Running each : running) {
            if (each.client().gateway().equals(cluster.gateways().getLast())) {
                each.answer().awaitEnd();
                continue;
            }
            assertThat(each.client().awaitClosed()).isEqualTo(1006);
            goesOnAtTheOther(each);
        }
    }

    @Test
    void a_gateway_that_leaves_says_so_and_its_clients_go_on_at_the_other() throws Exception {
        ChatClient client = connect(user("anna"), cluster.gateways().getFirst());
        Running running = ask(client, "s-1", Script.of(200, CHUNKS_A_SECOND));
        running.answer().awaitText(1);
        cluster.gatewayNodes().getFirst().terminate(Parley.LEAVES_WITHIN);

        assertThat(client.awaitFrame("going_away")
                        .data()
                        .path("reconnect_in_ms")
                        .isNumber())
                .isTrue();
        assertThat(client.awaitClosed()).isEqualTo(1012);
        goesOnAtTheOther(running);
    }

    private void goesOnAtTheOther(Running stream) throws InterruptedException {
        long last = stream.answer().events().getLast().seq();
        ChatClient back = connect(stream.client().user(), cluster.gateways().getLast());
        SeenStream rest =
                back.resume(stream.answer().sessionId(), stream.answer().messageId(), last);
        telling(stream, () -> {
            assertThat(rest.awaitEnd().text("full_content")).isEqualTo(stream.text());
            assertThat(rest.events().getFirst().seq()).isEqualTo(last + 1);
        });
    }
}
