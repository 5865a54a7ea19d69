package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedStream;
import dev.parley.systemtests.process.Kcat;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Parley;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a Kafka client that is not ours reads from the topics: keys, headers, values and partitions as documented. */
@ExtendWith(SharedCluster.class)
class KcatIT extends SystemTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String CLAIM = "[1-9][0-9]*\\.[A-Za-z0-9_-]{1,32}";

    private final Cluster cluster;

    KcatIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    Parley parley() {
        return cluster;
    }

    @BeforeAll
    static void kcat_is_installed() throws InterruptedException {
        if (!Kcat.isInstalled()) {
            String sentence =
                    "kcat is not installed (on Debian: apt-get install kcat), so no foreign client reads the topics.";
            if ("true".equals(System.getenv("CI"))) {
                fail(sentence);
            }
            System.out.println("Skipped: " + sentence);
            abort(sentence);
        }
    }

    @Test
    void commands_are_as_documented() throws Exception {
        ChatClient client = connect(user("käthe/50%"), cluster.gateways().getFirst());
        String message = Script.of(1000, 50).message();
        ReceivedStream answer = client.ask("s-1", message);
        answer.awaitChunks(1);
        client.stop(answer);
        answer.awaitEnd();

        List<Kcat.Line> lines = linesOf("chat.commands", client.user());

        assertThat(lines).hasSize(2);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.key()).isEqualTo(keyOf(client.user()) + "/s-1");
            assertThat(line.partition()).isEqualTo(partitionOf(client.user()));
            assertThat(line.timestampType()).isEqualTo("logappend");
            assertThat(line.headers())
                    .containsEntry("content-type", "application/json")
                    .containsEntry("ce_specversion", "1.0")
                    .containsEntry("ce_userid", client.user())
                    .containsKeys("ce_source", "traceparent")
                    .doesNotContainKey("ce_claim");
            JsonNode data = JSON.readTree(line.value()).path("data");
            assertThat(data.path("user_id").stringValue()).isEqualTo(client.user());
            assertThat(data.path("message_id").stringValue()).isEqualTo(answer.messageId());
            assertThat(data.path("session_id").stringValue()).isEqualTo("s-1");
            assertThat(data.path("submitted_at").stringValue())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
            assertThat(data.path("gateway_id").stringValue()).isNotBlank();
        });
        Kcat.Line chat = lines.getFirst();
        assertThat(chat.headers())
                .containsEntry("ce_type", "dev.parley.chat_stream.v1")
                .containsEntry("ce_id", answer.messageId());
        assertThat(JSON.readTree(chat.value()).path("type").stringValue()).isEqualTo("chat_stream");
        assertThat(JSON.readTree(chat.value()).path("data").path("message").stringValue())
                .isEqualTo(message);
        assertThat(JSON.readTree(chat.value()).path("data").path("priority").stringValue())
                .isEqualTo("medium");
        Kcat.Line stop = lines.getLast();
        assertThat(stop.headers())
                .containsEntry("ce_type", "dev.parley.stop_generation.v1")
                .containsEntry("ce_id", answer.messageId() + "/stop");
    }

    @Test
    void events_are_as_documented_and_their_values_are_the_frames() throws Exception {
        ChatClient client = connect(user("käthe/50%"), cluster.gateways().getFirst());
        ReceivedStream answer = client.ask("s-1", Script.of(40, 100).message());
        answer.awaitEnd();

        List<Kcat.Line> lines = linesOf("chat.events", client.user());
        List<Kcat.Line> events = lines.stream()
                .filter(line -> JSON.readTree(line.value()).path("data").has("seq"))
                .toList();

        assertThat(lines).allSatisfy(line -> {
            assertThat(line.key()).isEqualTo(keyOf(client.user()) + "/s-1");
            assertThat(line.partition()).isEqualTo(partitionOf(client.user()));
            assertThat(line.headers().get("ce_claim")).matches(CLAIM);
        });
        assertThat(events)
                .extracting(Kcat.Line::value)
                .containsExactlyElementsOf(
                        answer.events().stream().map(Frame::toString).toList());
        assertThat(events).allSatisfy(line -> {
            JsonNode frame = JSON.readTree(line.value());
            assertThat(line.headers())
                    .containsEntry("ce_type", "dev.parley." + frame.path("type").stringValue() + ".v1")
                    .containsEntry(
                            "ce_id",
                            answer.messageId() + "/" + frame.path("data").path("seq"));
        });
        assertThat(events.getFirst().headers())
                .containsEntry("ce_userid", client.user())
                .containsKeys("ce_workerid", "traceparent");
        assertThat(events.getLast().headers())
                .containsEntry("ce_userid", client.user())
                .containsKey("traceparent");
        assertThat(events)
                .filteredOn(line ->
                        "dev.parley.content_chunk.v1".equals(line.headers().get("ce_type")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.headers())
                        .containsOnlyKeys(
                                "content-type", "ce_specversion", "ce_source", "ce_type", "ce_id", "ce_claim"));
    }

    private List<Kcat.Line> linesOf(String topic, String user) throws Exception {
        return Kcat.read(cluster.bootstrapServers(), topic).stream()
                .filter(line -> line.key().startsWith(keyOf(user) + "/"))
                .toList();
    }

    /** As documented, computed without our code. */
    private static String keyOf(String user) {
        return user.replace("%", "%25").replace("/", "%2F");
    }

    private static int partitionOf(String user) {
        return RecordKey.partition(new UserId(user), 8);
    }
}
