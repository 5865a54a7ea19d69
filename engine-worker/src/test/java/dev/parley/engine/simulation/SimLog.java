package dev.parley.engine.simulation;

import dev.parley.engine.state.LogPosition;
import dev.parley.schema.id.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** The topics, and the offsets of the group. Each event is folded into the {@link Truth} as it is appended. */
final class SimLog {
    final Truth truth;
    final List<Partition> commands;
    final List<Partition> events;
    /** All checkpoints that were ever written. */
    final List<Saved> saved = new ArrayList<>();

    final long[] committed;
    private final World world;

    /** @param writtenMs when it was sent */
    record Saved(int partition, LogPosition position, long writtenMs) {}

    /** The stream that a command is about. */
    record Tag(StreamId stream, boolean stop) {}

    /** An append-only list of records. Its first offset is not 0, as after retention. */
    static final class Partition {
        final long start;
        private final List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        private final List<@Nullable Tag> tags = new ArrayList<>();

        Partition(long start) {
            this.start = start;
        }

        long end() {
            return start + records.size();
        }

        ConsumerRecord<String, byte[]> at(long offset) {
            return records.get((int) (offset - start));
        }

        @Nullable
        Tag tag(long offset) {
            return tags.get((int) (offset - start));
        }

        List<ConsumerRecord<String, byte[]>> from(long offset) {
            return records.subList((int) (offset - start), records.size());
        }

        private ConsumerRecord<String, byte[]> append(ProducerRecord<String, byte[]> record, long timeMs) {
            var appended = new ConsumerRecord<>(
                    record.topic(),
                    record.partition(),
                    end(),
                    timeMs,
                    TimestampType.CREATE_TIME,
                    ConsumerRecord.NULL_SIZE,
                    ConsumerRecord.NULL_SIZE,
                    record.key(),
                    record.value(),
                    record.headers(),
                    Optional.empty());
            records.add(appended);
            return appended;
        }
    }

    SimLog(World world, Truth truth, int partitions) {
        this.world = world;
        this.truth = truth;
        this.commands = IntStream.range(0, partitions)
                .mapToObj(_ -> new Partition(world.upTo(128)))
                .toList();
        this.events = IntStream.range(0, partitions)
                .mapToObj(_ -> new Partition(world.upTo(128)))
                .toList();
        this.committed =
                commands.stream().mapToLong(partition -> partition.start).toArray();
    }

    int partitions() {
        return commands.size();
    }

    /**
     * @param tag null if the command is not about a stream
     * @return the record's offset
     */
    long appendCommand(ProducerRecord<String, byte[]> record, @Nullable Tag tag) {
        Partition partition = commands.get(record.partition());
        long offset = partition.append(record, world.nowMs()).offset();
        partition.tags.add(tag);
        return offset;
    }

    /** @return the record's offset */
    long appendEvent(ProducerRecord<String, byte[]> record, Note note) {
        ConsumerRecord<String, byte[]> appended = events.get(record.partition()).append(record, world.nowMs());
        truth.read(appended, note);
        return appended.offset();
    }

    /** Where a reader begins that seeks to this position. */
    LogPosition available(int partition, LogPosition position) {
        return new LogPosition(
                Math.max(position.commands(), commands.get(partition).start),
                Math.max(position.events(), events.get(partition).start));
    }

    /** The first position of the partition. */
    LogPosition beginning(int partition) {
        return new LogPosition(commands.get(partition).start, events.get(partition).start);
    }
}
