package dev.parley.schema.kafka;

import dev.parley.schema.id.UserId;
import dev.parley.schema.json.FrameCodec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What gateways tell each other of their users' connections, as records of {@code chat.connections}, and back. */
public final class ConnectionRecords {

    private static final String WHOLE = "whole";
    private static final String USERS = "users";

    private ConnectionRecords() {}

    /**
     * How many connections users have at one gateway.
     *
     * @param whole whether all that the gateway said before is void; else only what is named here has changed
     * @param users 0 for one who has none any more
     */
    public record Announcement(String gatewayId, boolean whole, Map<UserId, Integer> users) {
        public Announcement {
            users = Map.copyOf(users);
        }
    }

    /** @param n counts what this gateway announces */
    public static ProducerRecord<String, byte[]> of(Announcement said, long n) {
        ObjectNode value = FrameCodec.mapper().createObjectNode().put(WHOLE, said.whole());
        ObjectNode users = value.putObject(USERS);
        said.users().forEach((user, count) -> users.put(user.value(), count));
        return new ProducerRecord<>(
                Topics.CONNECTIONS,
                0,
                null,
                said.gatewayId(),
                FrameCodec.mapper().writeValueAsBytes(value),
                CloudEventHeaders.of("/parley/gateway/" + said.gatewayId(), "connections", "connections/" + n));
    }

    /** Empty for what is no such record. */
    public static Optional<Announcement> read(ConsumerRecord<String, byte[]> record) {
        if (record.key() == null || record.value() == null) {
            return Optional.empty();
        }
        try {
            JsonNode value = FrameCodec.mapper().readTree(record.value());
            Map<UserId, Integer> users = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> each : value.path(USERS).properties()) {
                users.put(new UserId(each.getKey()), each.getValue().intValue());
            }
            return Optional.of(new Announcement(record.key(), value.path(WHOLE).booleanValue(), users));
        } catch (JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
