package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.projection.turn.TestLog;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Claim;
import dev.parley.store.testing.InMemoryTurnStore;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class LogCatchUpTest {

    private static final int PARTITION = 3;
    private static final long STEP_SECONDS = 10;

    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    private final InMemoryTurnStore store = new InMemoryTurnStore();
    private long seconds;
    private final LogCatchUp log =
            new LogCatchUp(consumer, Map.of(PARTITION, 0L), store, Duration.ofHours(1), this::nanoTime);

    @Test
    void the_records_are_read_and_written() throws TimeoutException {
        add(TestLog.start(SessionKey.of("ann", "s"), StreamId.of("ann", "m"), "hi", TestLog.BEGIN));

        log.readTo(Map.of(PARTITION, 1L), _ -> {});

        assertThat(store.messages()).containsOnlyKeys("ann/m");
    }

    @Test
    void what_can_never_be_written_is_skipped() throws TimeoutException {
        StreamId bad = StreamId.of("ann", "m");
        FailingStreamStore failing = new FailingStreamStore(store, bad, () -> new DateTimeException("out of range"));
        add(TestLog.start(SessionKey.of("ann", "s"), bad, "hi", TestLog.BEGIN));

        LogCatchUp catchUp =
                new LogCatchUp(consumer, Map.of(PARTITION, 0L), failing, Duration.ofHours(1), this::nanoTime);
        catchUp.readTo(Map.of(PARTITION, 1L), _ -> {});

        assertThat(catchUp.positions()).containsEntry(PARTITION, 1L);
        assertThat(store.messages()).isEmpty();
    }

    @Test
    void reading_ends_if_kafka_gives_nothing_for_long() {
        assertThatThrownBy(() -> log.readTo(Map.of(PARTITION, 1L), _ -> {}))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("nothing of chat.events for 30 s");
        assertThat(seconds).isLessThanOrEqualTo(30 + 2 * STEP_SECONDS);
    }

    private void add(StreamEvent start) {
        var record = new TestLog()
                .event(SessionKey.of("ann", "s"), new Claim(1, "a"), start)
                .toSend(PARTITION)
                .getFirst();
        consumer.updateBeginningOffsets(Map.of(new TopicPartition(Topics.EVENTS, PARTITION), 0L));
        consumer.addRecord(new ConsumerRecord<>(
                Topics.EVENTS,
                PARTITION,
                0,
                TestLog.BEGIN.toEpochMilli(),
                TimestampType.CREATE_TIME,
                0,
                0,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty()));
    }

    /** Each reading of the clock is some seconds later. */
    private long nanoTime() {
        seconds += STEP_SECONDS;
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
