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

/** Converts the gateways' announcements of connections to records of {@code chat.connections} and back. */
public final class ConnectionRecords {

    private static final String WHOLE = "whole";
    private static final String USERS = "users";

    private ConnectionRecords() {}

    /**
     * The number of connections of users at one gateway.
     *
     * @param whole whether this replaces all earlier announcements of the gateway; else it changes only the named users
     * @param users the number for each user; 0 if the user has no more connections
     */
    public record Announcement(String gatewayId, boolean whole, Map<UserId, Integer> users) {
        public Announcement {
            users = Map.copyOf(users);
        }
    }

    /** @param n the number of this announcement of the gateway */
    public static ProducerRecord<String, byte[]> of(Announcement announcement, long n) {
        ObjectNode value = FrameCodec.mapper().createObjectNode().put(WHOLE, announcement.whole());
        ObjectNode users = value.putObject(USERS);
        announcement.users().forEach((user, count) -> users.put(user.value(), count));
        return new ProducerRecord<>(
                Topics.CONNECTIONS,
                0,
                null,
                announcement.gatewayId(),
                FrameCodec.mapper().writeValueAsBytes(value),
                CloudEventHeaders.of("/parley/gateway/" + announcement.gatewayId(), "connections", "connections/" + n));
    }

    /** Empty if the record is not a valid announcement. */
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
