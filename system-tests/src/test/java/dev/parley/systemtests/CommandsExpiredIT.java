package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.kafka.Topics;
import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Parley;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Kafka has deleted the first commands of a partition, as it does when their retention is over: then neither the log nor a worker that starts
 * can tell whether an id is new, and the store is asked. Only in the long form, and after all other tests of the cluster.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=CommandsExpiredIT -Dparley.seed=1</pre>
 */
@EnabledIfSystemProperty(named = "parley.faults", matches = "true")
@Order(TestClassOrder.DELETES_COMMANDS)
class CommandsExpiredIT extends FaultTest {

    private static final int RATE = 10;
    private static final Duration JUDGED_WITHIN = Duration.ofSeconds(5);

    CommandsExpiredIT(Cluster cluster) {
        super(cluster);
    }

    @Test
    void a_message_that_only_the_store_can_judge_starts_as_soon_as_the_store_is_back() throws Exception {
        ChatClient asker = connectTo(0);
        assertComplete(List.of(ask(asker, "s-1", Script.of(1, RATE))), HEALED_WITHIN);
        awaitDocuments();
        deleteCommands(0);
        Node.terminateAll(cluster.workers(), Parley.LEAVES_WITHIN);
        Parley.start(cluster.workers());

        cluster.store().terminate(Parley.LEAVES_WITHIN);
        Running waiting = ask(asker, "s-2", Script.of(1, RATE));
        waiting.answer().awaitReply("stream_acknowledged", 1);
        assertComplete(List.of(ask(connectTo(1), "s-1", Script.of(1, RATE))), HEALED_WITHIN);
        assertThat(waiting.answer().events()).isEmpty();
        cluster.store().start();
        cluster.store().awaitReady();
        long back = System.nanoTime();

        assertComplete(List.of(waiting), HEALED_WITHIN);
        Frame first = waiting.answer().events().getFirst();
        Duration started = Duration.ofNanos(first.arrivedNanos() - back);
        printFigures("the message started %d ms after the store's return", started.toMillis());
        assertThat(started).isLessThanOrEqualTo(JUDGED_WITHIN);
    }

    private void deleteCommands(int partition) throws Exception {
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) cluster.bootstrapServers()))) {
            admin.deleteRecords(
                            Map.of(new TopicPartition(Topics.COMMANDS, partition), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
    }
}
