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
 * From where a worker reads each partition, and how far it must have read before it acts.
 *
 * @param starts of the partitions of both topics
 * @param ends of the partitions of both topics, as they are now
 */
record StartPositions(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
    /**
     * How much earlier events are read where there is no checkpoint. A reader knows that a start is the first one of its stream only if it has
     * read all that the start's writer had read; a writer is not further behind than this.
     */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    /**
     * Starts at a partition's checkpoint; without one at the horizon, or at the group's committed offset if that is older.
     *
     * @param consumer has the workers' group id and is not a member; it reads nothing, and both topics are assigned to it afterwards
     * @param horizon longer ago than the longest stream
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
        consumer.assign(all); // otherwise the client warns of partitions that are not assigned
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
                ? new LogPosition(committed, 0) // the events of commands before the horizon may be anywhere
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
