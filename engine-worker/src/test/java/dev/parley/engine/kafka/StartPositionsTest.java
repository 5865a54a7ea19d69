package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.state.LogPosition;
import dev.parley.schema.kafka.Topics;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StartPositionsTest {
    private static final TopicPartition COMMANDS = new TopicPartition(Topics.COMMANDS, 0);
    private static final TopicPartition EVENTS = new TopicPartition(Topics.EVENTS, 0);
    private static final Instant HORIZON = Instant.ofEpochSecond(1_000);

    /** A log of 100 commands and 1,000 events, of which 40 and 400 are older than the horizon. */
    private static final class Log extends MockConsumer<String, byte[]> {
        private final long committed;

        Log(long committed) {
            super("earliest");
            this.committed = committed;
            assign(Set.of(COMMANDS, EVENTS));
            updateEndOffsets(Map.of(COMMANDS, 100L, EVENTS, 1_000L));
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            assertThat(times)
                    .containsOnly(
                            Map.entry(COMMANDS, HORIZON.toEpochMilli()),
                            Map.entry(EVENTS, HORIZON.minusSeconds(60).toEpochMilli()));
            return Map.of(
                    COMMANDS, new OffsetAndTimestamp(40, 1),
                    EVENTS, new OffsetAndTimestamp(400, 1));
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
            return partitions.stream().collect(Collectors.toMap(each -> each, _ -> new OffsetAndMetadata(committed)));
        }
    }

    private static LogPosition start(long committed, Map<Integer, Checkpoint> checkpoints) {
        StartPositions points = StartPositions.find(new Log(committed), Set.of(0), checkpoints, HORIZON);
        assertThat(points.ends()).isEqualTo(Map.of(COMMANDS, 100L, EVENTS, 1_000L));
        assertThat(points.starts()).hasSize(2);
        return points.start(0);
    }

    private static Map<Integer, Checkpoint> checkpoint(long commands, long events) {
        return Map.of(0, new Checkpoint(0, commands, events, "w", false));
    }

    @Test
    void a_partition_is_read_from_its_checkpoint() {
        assertThat(start(90, checkpoint(80, 800))).isEqualTo(new LogPosition(80, 800));
    }

    @Test
    void without_a_checkpoint_commands_are_read_from_the_horizon_and_events_from_a_minute_before() {
        assertThat(start(90, Map.of())).isEqualTo(new LogPosition(40, 400));
    }

    @Test
    void commands_before_the_horizon_are_read_if_the_group_has_not_committed_them_and_then_all_events() {
        assertThat(start(30, Map.of())).isEqualTo(new LogPosition(30, 0));
    }

    @Test
    void a_checkpoint_beyond_the_end_of_the_log_is_ignored() {
        assertThat(start(90, checkpoint(101, 800))).isEqualTo(new LogPosition(40, 400));
        assertThat(start(90, checkpoint(80, 1_001))).isEqualTo(new LogPosition(40, 400));
    }
}
