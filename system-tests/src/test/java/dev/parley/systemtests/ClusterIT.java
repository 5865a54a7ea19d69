package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.ReceivedStream;
import dev.parley.systemtests.log.StreamHistory;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Parley;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each service in processes of its own: any gateway, any worker. */
@ExtendWith(SharedCluster.class)
class ClusterIT extends ChatContract {

    private static final int PARTITIONS = 8;

    private final Cluster cluster;

    ClusterIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    Parley parley() {
        return cluster;
    }

    @Test
    void both_workers_write_and_both_gateways_relay() throws Exception {
        Map<ReceivedStream, Script> asked = new LinkedHashMap<>();
        Set<Integer> partitions = new HashSet<>();
        for (int n = 0; partitions.size() < PARTITIONS; n++) {
            String user = user("user" + n);
            if (partitions.add(RecordKey.partition(new UserId(user), PARTITIONS))) {
                ChatClient client = connect(user, gateway(n));
                Script script = Script.of(30, 100);
                asked.put(client.ask(script.message()), script);
            }
        }

        for (Map.Entry<ReceivedStream, Script> each : asked.entrySet()) {
            assertThat(each.getKey().awaitEnd().text("full_content"))
                    .isEqualTo(each.getValue().text());
        }
        assertThat(histories().stream()
                        .flatMap(stream -> stream.writers().stream())
                        .distinct())
                .hasSize(2);
        assertThat(histories()).extracting(StreamHistory::writers).allMatch(writers -> writers.size() == 1);
    }
}
