package dev.parley.engine.kafka;

import dev.parley.engine.state.LogPosition;
import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * From where a worker begins to read, and what it must have read before it acts.
 *
 * @param starts by partition of both topics
 * @param ends of both topics, as they are now
 */
record StartPositions(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
    /**
     * So much more is read of the events where there is no checkpoint. A start is known to be the first of its stream only to who read all that
     * its writer had read; a writer is not further behind than this.
     */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    /**
     * A partition's checkpoint; without one the longest allowed stream ago, and further back where the group has not finished what is
     * older.
     *
     * @param consumer is asked and reads nothing, and is left with both topics assigned; of the workers' group, but no member
     * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
     */
    static StartPositions find(
            Consumer<String, byte[]> consumer,
            Set<Integer> partitions,
            Map<Integer, Checkpoint> checkpoints,
            Instant horizon) {
        Set<TopicPartition> commands = of(Topics.COMMANDS, partitions);
        Set<TopicPartition> all = new HashSet<>(commands);
        all.addAll(of(Topics.EVENTS, partitions));
        consumer.assign(all); // or the client warns of what it learns and did not ask for
        Map<TopicPartition, Long> ends = consumer.endOffsets(all);
        Map<TopicPartition, Long> past = pastOf(consumer, ends, horizon);
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(commands);
        Map<TopicPartition, Long> starts = new HashMap<>();
        for (TopicPartition command : commands) {
            TopicPartition event = new TopicPartition(Topics.EVENTS, command.partition());
            OffsetAndMetadata offset = committed.get(command);
            LogPosition position = position(
                    checkpoints.get(command.partition()),
                    new LogPosition(ends.getOrDefault(command, 0L), ends.getOrDefault(event, 0L)),
                    new LogPosition(past.getOrDefault(command, 0L), past.getOrDefault(event, 0L)),
                    offset == null ? 0 : offset.offset());
            starts.put(command, position.commands());
            starts.put(event, position.events());
        }
        return new StartPositions(starts, ends);
    }

    private static LogPosition position(
            @Nullable Checkpoint checkpoint, LogPosition end, LogPosition horizon, long committed) {
        if (checkpoint != null && checkpoint.commands() <= end.commands() && checkpoint.events() <= end.events()) {
            return checkpoint.position();
        }
        return committed < horizon.commands()
                ? new LogPosition(committed, 0) // events of commands older than the horizon: all that there are
                : horizon;
    }

    private static Map<TopicPartition, Long> pastOf(
            Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends, Instant horizon) {
        Map<TopicPartition, Long> times = new HashMap<>();
        ends.keySet()
                .forEach(partition -> times.put(
                        partition,
                        (partition.topic().equals(Topics.EVENTS) ? horizon.minus(MARGIN) : horizon).toEpochMilli()));
        Map<TopicPartition, Long> offsets = new HashMap<>(ends);
        consumer.offsetsForTimes(times).forEach((partition, found) -> {
            if (found != null) {
                offsets.put(partition, found.offset());
            }
        });
        return offsets;
    }

    /** From where a partition is read. */
    LogPosition start(int partition) {
        return new LogPosition(
                starts.getOrDefault(new TopicPartition(Topics.COMMANDS, partition), 0L),
                starts.getOrDefault(new TopicPartition(Topics.EVENTS, partition), 0L));
    }

    private static Set<TopicPartition> of(String topic, Set<Integer> partitions) {
        return partitions.stream()
                .map(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toUnmodifiableSet());
    }
}
