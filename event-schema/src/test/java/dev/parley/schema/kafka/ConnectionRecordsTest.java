package dev.parley.schema.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.ConnectionRecords.Announcement;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionRecordsTest {

    @Test
    void an_announcement_is_decoded_from_its_record() {
        Announcement said = new Announcement("g1", true, Map.of(new UserId("a/%\"ü"), 2, new UserId("b"), 0));
        ProducerRecord<String, byte[]> record = ConnectionRecords.of(said, 7);
        assertThat(record.topic()).isEqualTo("chat.connections");
        assertThat(CloudEventHeaders.text(record.headers(), "ce_type")).isEqualTo("dev.parley.connections.v1");
        assertThat(CloudEventHeaders.text(record.headers(), "ce_id")).isEqualTo("connections/7");
        assertThat(ConnectionRecords.read(read(record.key(), record.value()))).contains(said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "{\"users\":{\"\":1}}",
                "{\"whole\":\"x\",\"users\":{\"a\":1}}",
                "{\"users\":{\"a\":\"x\"}}"
            })
    void an_invalid_record_is_no_announcement(String value) {
        assertThat(ConnectionRecords.read(read("g1", value.getBytes(StandardCharsets.UTF_8))))
                .isEmpty();
    }

    private static ConsumerRecord<String, byte[]> read(String key, byte[] value) {
        return new ConsumerRecord<>(Topics.CONNECTIONS, 0, 0, key, value);
    }
}
