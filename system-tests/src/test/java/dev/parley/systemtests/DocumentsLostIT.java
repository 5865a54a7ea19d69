package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ConnectionString;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The database is dropped, and the projection killed, while streams run. Afterwards the documents are again what the log says.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=DocumentsLostIT -Dparley.seed=1 -Dparley.faults.projection-kills=15</pre>
 */
class DocumentsLostIT extends FaultTest {

    private static final int KILLS = Form.size("projection-kills", 2, 15);
    private static final int DROPS = Form.size("drops", 1, 5);
    private static final int CHUNKS_A_SECOND = 50;

    DocumentsLostIT(Cluster cluster) {
        super(cluster);
    }

    @Test
    void a_dropped_database_is_rebuilt_from_the_log_while_streams_run() throws Exception {
        for (int n = 0; n < DROPS; n++) {
            List<Running> running = streams(PARTITIONS, () -> Script.of(150, CHUNKS_A_SECOND));
            for (Running each : running) {
                each.answer().awaitText(20);
            }
            drop();
            Tool.Ran rebuilt = Tool.run(cluster, "rebuild");
            assertThat(rebuilt.code()).as(rebuilt.out()).isZero();
            assertComplete(running, HEALED_WITHIN);
        }
        awaitDocuments();
        assertDocumentsAreTheFold();
        Tool.Ran audited = Tool.run(cluster, "audit", "--all", "--since", "1h");
        assertThat(audited.out()).contains("\"streams\":");
    }

    @Test
    void a_projection_that_is_killed_repeatedly_writes_what_the_log_says() throws Exception {
        List<Running> running = streams(PARTITIONS, () -> Script.of(300, CHUNKS_A_SECOND));
        Node projection = cluster.projections().getFirst();
        for (int n = 0; n < KILLS; n++) {
            running.get(random().nextInt(running.size())).answer().awaitText(10 * (n + 1));
            projection.kill();
            projection.start();
            projection.awaitReady();
        }
        assertComplete(running, HEALED_WITHIN);
        awaitDocuments();
        assertDocumentsAreTheFold();
    }

    private void assertDocumentsAreTheFold() throws InterruptedException {
        Tool.Ran verified = Tool.run(cluster, "verify");
        assertThat(verified.code()).as(verified.out()).isZero();
        printFigures("verify %s", verified.out().strip());
    }

    private void drop() {
        String database = Objects.requireNonNull(new ConnectionString(cluster.mongoUri()).getDatabase());
        try (MongoClient client = MongoClients.create(cluster.mongoUri())) {
            client.getDatabase(database).drop();
        }
    }
}
