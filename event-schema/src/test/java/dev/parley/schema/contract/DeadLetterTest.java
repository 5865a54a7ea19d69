package dev.parley.schema.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.kafka.DeadLetterRecords;
import dev.parley.schema.kafka.Topics;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DeadLetterTest {

    @Test
    void a_dead_letter_is_the_record_as_it_was_with_why_and_whence() {
        byte[] value = {(byte) 0xC3, 0x28};
        ProducerRecord<String, byte[]> letter =
                DeadLetterRecords.of(unreadable(Topics.EVENTS, "ada/s", value), "no ce_claim");

        assertThat(letter.topic()).isEqualTo(Topics.EVENTS_DLT);
        assertThat(letter.key()).isEqualTo("ada/s");
        assertThat(letter.value()).isEqualTo(value);
        assertThat(letter.headers().lastHeader("ce_type").value()).isEqualTo("x".getBytes(UTF_8));
        assertThat(header(letter, DeadLetterRecords.ERROR)).isEqualTo("no ce_claim");
        assertThat(header(letter, DeadLetterRecords.TOPIC)).isEqualTo("chat.events");
        assertThat(header(letter, DeadLetterRecords.PARTITION)).isEqualTo("3");
        assertThat(header(letter, DeadLetterRecords.OFFSET)).isEqualTo("41");
        assertThat(header(letter, DeadLetterRecords.TIMESTAMP)).isEqualTo("1773500966535");
    }

    @Test
    void its_headers_are_those_that_the_asyncapi_document_names() {
        ProducerRecord<String, byte[]> letter = DeadLetterRecords.of(unreadable(Topics.COMMANDS, null, null), "no key");
        ObjectNode headers = FrameCodec.mapper().createObjectNode();
        letter.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));

        assertThat(letter.topic()).isEqualTo(Topics.COMMANDS_DLT);
        assertThat(AsyncApi.read()
                        .at("/components/messages/deadLetter/headers/$ref")
                        .stringValue())
                .isEqualTo("schemas/v1/headers/dead_letter.json");
        assertThat(Schemas.errors("headers/dead_letter.json", headers)).isEmpty();
        headers.remove(DeadLetterRecords.OFFSET);
        assertThat(Schemas.errors("headers/dead_letter.json", headers)).isNotEmpty();
    }

    private static ConsumerRecord<String, byte[]> unreadable(
            String topic, @Nullable String key, byte @Nullable [] value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("ce_type", "x".getBytes(UTF_8));
        return new ConsumerRecord<>(
                topic,
                3,
                41,
                1_773_500_966_535L,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                headers,
                Optional.empty());
    }

    private static String header(ProducerRecord<String, byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), UTF_8);
    }
}
