package dev.parley.gateway.testkit;

import dev.parley.embedded.testing.Backends;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads one user's commands from {@code chat.commands}, with a consumer of its own. */
public final class CommandLog {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PARTITIONS = 4;
    private static final String OFFSET = "offset of the record";

    private final Backends backends;
    private final UserId user;

    private CommandLog(Backends backends, UserId user) {
        this.backends = backends;
        this.user = user;
    }

    public static CommandLog of(Backends backends, String user) {
        return new CommandLog(backends, new UserId(user));
    }

    /** Waits for a command of a type. @return the data of the first one */
    public JsonNode await(String type) {
        return await(type, _ -> true);
    }

    public JsonNode await(String type, Predicate<JsonNode> matches) {
        JsonNode[] found = new JsonNode[1];
        Await.until("a command " + type, () -> {
            for (JsonNode command : read()) {
                if (command.path("type").asString().equals(type) && matches.test(command.path("data"))) {
                    found[0] = command.path("data");
                    return true;
                }
            }
            return false;
        });
        return found[0];
    }

    /** The types of all commands that are there now. */
    public List<String> types() {
        return read().stream().map(each -> each.path("type").asString()).toList();
    }

    /** The offset of the last command of a type. */
    public long lastOffset(String type) {
        return read().stream()
                .filter(each -> each.path("type").asString().equals(type))
                .mapToLong(each -> each.path(OFFSET).asLong())
                .max()
                .orElseThrow();
    }

    private List<JsonNode> read() {
        TopicPartition partition = new TopicPartition(Topics.COMMANDS, RecordKey.partition(user, PARTITIONS));
        List<JsonNode> found = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", backends.bootstrapServers(), "fetch.max.wait.ms", 20),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.key().startsWith(RecordKey.encode(user) + "/")) {
                        found.add(((ObjectNode) JSON.readTree(record.value())).put(OFFSET, record.offset()));
                    }
                });
            }
        }
        return found;
    }
}
