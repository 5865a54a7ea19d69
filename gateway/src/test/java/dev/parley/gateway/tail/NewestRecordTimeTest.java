package dev.parley.gateway.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.kafka.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class NewestRecordTimeTest {

    private static final TopicPartition ONE = new TopicPartition(Topics.EVENTS, 0);
    private static final TopicPartition TWO = new TopicPartition(Topics.EVENTS, 1);

    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");

    @Test
    void the_time_is_that_of_the_newest_last_record() {
        assign(Map.of(ONE, 0L, TWO, 3L));
        consumer.addRecord(record(ONE, 0, 5_000));
        consumer.addRecord(record(ONE, 1, 9_000));
        consumer.addRecord(record(TWO, 3, 7_000));

        assertThat(NewestRecordTime.timeMs(consumer, Map.of(ONE, 2L, TWO, 4L))).hasValue(9_000);
    }

    @Test
    void without_records_there_is_no_time() {
        assign(Map.of(ONE, 0L, TWO, 3L));

        assertThat(NewestRecordTime.timeMs(consumer, Map.of(ONE, 0L, TWO, 3L))).isEmpty();
    }

    private void assign(Map<TopicPartition, Long> begins) {
        consumer.assign(List.of(ONE, TWO));
        consumer.updateBeginningOffsets(begins);
    }

    private static ConsumerRecord<String, byte[]> record(TopicPartition at, long offset, long timeMs) {
        return new ConsumerRecord<>(
                at.topic(),
                at.partition(),
                offset,
                timeMs,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                "user/session",
                new byte[0],
                new RecordHeaders(),
                Optional.empty());
    }
}
