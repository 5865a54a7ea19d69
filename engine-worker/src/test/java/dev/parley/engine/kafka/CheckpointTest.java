package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static Optional<Checkpoint> read(String key, byte @Nullable [] value) {
        return Checkpoint.of(new ConsumerRecord<>("chat.checkpoints", 0, 0, key, value));
    }

    @Test
    void what_was_written_is_read() {
        Checkpoint checkpoint = new Checkpoint(5, 123, 4_567, "w1", true);
        ProducerRecord<String, byte[]> record = checkpoint.record();

        assertThat(record.key()).isEqualTo("5");
        assertThat(new String(record.value(), StandardCharsets.UTF_8))
                .isEqualTo("{\"partition\":5,\"commands\":123,\"events\":4567,\"worker_id\":\"w1\",\"left\":true}");
        assertThat(read(record.key(), record.value())).contains(checkpoint);
    }

    @Test
    void a_checkpoint_of_a_worker_that_stays_does_not_mention_leaving() {
        ProducerRecord<String, byte[]> record = new Checkpoint(5, 1, 2, "w1", false).record();

        assertThat(new String(record.value(), StandardCharsets.UTF_8)).doesNotContain("left");
        assertThat(read("5", record.value())).contains(new Checkpoint(5, 1, 2, "w1", false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{\"partition\":5}",
                "{\"partition\":6,\"commands\":1,\"events\":2,\"worker_id\":\"w\"}"
            })
    void a_record_that_is_not_a_checkpoint_of_its_partition_is_ignored(String value) {
        assertThat(read("5", value.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    @Test
    void a_tombstone_is_not_a_checkpoint() {
        assertThat(read("5", null)).isEmpty();
    }
}
