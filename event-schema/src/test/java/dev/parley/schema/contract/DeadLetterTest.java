package dev.parley.schema.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.support.KafkaHeaders;
import tools.jackson.databind.node.ObjectNode;

class DeadLetterTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final long AT_MS = 1_773_500_966_535L;

    private static final int MOST_BYTES = 1000;

    /** A producer reports a record that is too large for itself at once, and one that is too large for the broker later. */
    private boolean failsAtOnce;

    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()) {
                @Override
                public synchronized Future<RecordMetadata> send(
                        ProducerRecord<String, byte[]> letter, Callback callback) {
                    if (letter.value() == null || letter.value().length <= MOST_BYTES) {
                        return super.send(letter, callback);
                    }
                    var failure = new RecordTooLargeException("too large");
                    callback.onCompletion(null, failure);
                    return failsAtOnce ? CompletableFuture.failedFuture(failure) : new CompletableFuture<>();
                }
            };
    private final DeadLetterPublisher publisher = new DeadLetterPublisher(
            new DefaultKafkaProducerFactory<>(Map.of()) {
                @Override
                protected Producer<String, byte[]> createRawProducer(Map<String, Object> config) {
                    return producer;
                }
            },
            Topics.DLT_SUFFIX);

    @AfterEach
    void close() {
        publisher.close();
    }

    @Test
    void a_dead_letter_is_the_unchanged_record_with_reason_and_position() {
        byte[] value = {(byte) 0xC3, 0x28};
        ProducerRecord<String, byte[]> letter = published(unreadable(Topics.EVENTS, "ada/s", value), "no ce_claim");

        assertThat(letter.topic()).isEqualTo(Topics.EVENTS_DLT);
        assertThat(letter.key()).isEqualTo("ada/s");
        assertThat(letter.value()).isEqualTo(value);
        assertThat(text(letter, "ce_type")).isEqualTo("x");
        assertThat(text(letter, KafkaHeaders.DLT_EXCEPTION_MESSAGE)).isEqualTo("no ce_claim");
        assertThat(text(letter, KafkaHeaders.DLT_ORIGINAL_TOPIC)).isEqualTo("chat.events");
        assertThat(bytes(letter, KafkaHeaders.DLT_ORIGINAL_PARTITION).getInt()).isEqualTo(3);
        assertThat(bytes(letter, KafkaHeaders.DLT_ORIGINAL_OFFSET).getLong()).isEqualTo(41);
        assertThat(bytes(letter, KafkaHeaders.DLT_ORIGINAL_TIMESTAMP).getLong()).isEqualTo(AT_MS);
    }

    @Test
    void a_dead_letter_that_is_written_back_and_fails_again_has_the_new_reason() {
        var first = unreadable(Topics.COMMANDS, "ada/s", new byte[] {1});
        ProducerRecord<String, byte[]> letter = published(first, "not JSON");
        ConsumerRecord<String, byte[]> again = unreadable(Topics.COMMANDS, "ada/s", letter.value());
        letter.headers().forEach(again.headers()::add);

        assertThat(text(published(again, "still not JSON"), KafkaHeaders.DLT_EXCEPTION_MESSAGE))
                .isEqualTo("still not JSON");
    }

    @Test
    void its_headers_are_those_that_the_asyncapi_document_names() {
        ProducerRecord<String, byte[]> letter = published(unreadable(Topics.COMMANDS, null, null), "no key");
        ObjectNode headers = FrameCodec.mapper().createObjectNode();
        for (Header header : letter.headers()) {
            switch (header.key()) {
                case KafkaHeaders.DLT_ORIGINAL_PARTITION ->
                    headers.put(header.key(), ByteBuffer.wrap(header.value()).getInt());
                case KafkaHeaders.DLT_ORIGINAL_OFFSET, KafkaHeaders.DLT_ORIGINAL_TIMESTAMP ->
                    headers.put(header.key(), ByteBuffer.wrap(header.value()).getLong());
                default -> headers.put(header.key(), new String(header.value(), UTF_8));
            }
        }

        assertThat(letter.topic()).isEqualTo(Topics.COMMANDS_DLT);
        assertThat(AsyncApi.read()
                        .at("/components/messages/deadLetter/headers/$ref")
                        .stringValue())
                .isEqualTo("schemas/v1/headers/dead_letter.json");
        assertThat(Schemas.errors("headers/dead_letter.json", headers)).isEmpty();
        assertThat(headers.propertyNames())
                .filteredOn(name -> name.startsWith("kafka_"))
                .containsExactlyInAnyOrderElementsOf(Schemas.document("headers/dead_letter.json")
                        .path("properties")
                        .propertyNames());
        headers.remove(KafkaHeaders.DLT_ORIGINAL_OFFSET);
        assertThat(Schemas.errors("headers/dead_letter.json", headers)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_dead_letter_that_is_too_large_is_written_without_its_value(boolean atOnce) {
        failsAtOnce = atOnce;
        ProducerRecord<String, byte[]> letter =
                published(unreadable(Topics.EVENTS, "ada/s", new byte[MOST_BYTES + 1]), "no ce_claim");

        assertThat(letter.value()).isNull();
        assertThat(letter.key()).isEqualTo("ada/s");
        assertThat(text(letter, "ce_type")).isEqualTo("x");
        assertThat(text(letter, KafkaHeaders.DLT_EXCEPTION_MESSAGE))
                .isEqualTo("no ce_claim; its value is too large to be kept");
        assertThat(bytes(letter, KafkaHeaders.DLT_ORIGINAL_OFFSET).getLong()).isEqualTo(41);
    }

    @Test
    void a_dead_letter_that_the_broker_refuses_is_a_failure() {
        producer.sendException = new TimeoutException("away");

        CompletableFuture<Void> fate = publisher.publish(unreadable(Topics.EVENTS, "ada/s", new byte[0]), "no ce_id");

        assertThat(fate).failsWithin(SOON);
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void its_producer_is_closed_with_the_publisher() {
        published(unreadable(Topics.EVENTS, "ada/s", new byte[0]), "no ce_id");
        assertThat(producer.closed()).isFalse();

        publisher.close();

        assertThat(producer.closed()).isTrue();
    }

    private ProducerRecord<String, byte[]> published(ConsumerRecord<String, byte[]> record, String reason) {
        assertThat(publisher.publish(record, reason)).succeedsWithin(SOON);
        return producer.history().getLast();
    }

    private static ConsumerRecord<String, byte[]> unreadable(
            String topic, @Nullable String key, byte @Nullable [] value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("ce_type", "x".getBytes(UTF_8));
        return new ConsumerRecord<>(
                topic, 3, 41, AT_MS, TimestampType.CREATE_TIME, 0, 0, key, value, headers, Optional.empty());
    }

    private static String text(ProducerRecord<String, byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), UTF_8);
    }

    private static ByteBuffer bytes(ProducerRecord<String, byte[]> letter, String name) {
        return ByteBuffer.wrap(letter.headers().lastHeader(name).value());
    }
}
