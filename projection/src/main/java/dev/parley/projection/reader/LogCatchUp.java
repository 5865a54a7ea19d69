package dev.parley.projection.reader;

import dev.parley.projection.store.TurnStore;
import dev.parley.projection.turn.LogRecord;
import dev.parley.projection.turn.PartitionFold;
import dev.parley.projection.turn.Place;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all of {@code chat.events} without a group, and writes what it says: as the projection does it, and only once. Not thread-safe.
 */
public final class LogCatchUp {

    private static final Logger log = LoggerFactory.getLogger(LogCatchUp.class);

    /** Written at once. */
    private static final int BATCH = 10_000;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration NOTHING_FOR = Duration.ofSeconds(30);

    /** Turns under way are written when they have doubled. */
    private static final int GROWTH_PERCENT = 100;

    private final Consumer<String, byte[]> consumer;
    private final Map<Integer, ReadPartition> partitions = new HashMap<>();
    private final Map<Integer, Long> positions = new HashMap<>();
    private final TurnStore store;
    private final LongSupplier nanoTime;
    private int unwritten;

    /**
     * @param beginnings the offset of each partition where reading begins
     * @param longestStream after which a stream without an end is given up; as the projection has it
     */
    public LogCatchUp(
            Consumer<String, byte[]> consumer, Map<Integer, Long> beginnings, TurnStore store, Duration longestStream) {
        this(consumer, beginnings, store, longestStream, System::nanoTime);
    }

    LogCatchUp(
            Consumer<String, byte[]> consumer,
            Map<Integer, Long> beginnings,
            TurnStore store,
            Duration longestStream,
            LongSupplier nanoTime) {
        this.consumer = consumer;
        this.store = store;
        this.nanoTime = nanoTime;
        beginnings.forEach((partition, offset) -> {
            partitions.put(
                    partition,
                    new ReadPartition(
                            offset,
                            Long.MAX_VALUE,
                            new PartitionFold(longestStream),
                            new Pacing(Duration.ZERO, GROWTH_PERCENT)));
            positions.put(partition, offset);
        });
        List<TopicPartition> all =
                beginnings.keySet().stream().map(LogCatchUp::topic).toList();
        consumer.assign(all);
        beginnings.forEach((partition, offset) -> consumer.seek(topic(partition), offset));
    }

    /** Takes in a record from elsewhere that the partition has no more; before the first one that it has. */
    public void take(ConsumerRecord<String, byte[]> record) {
        read(record);
        if (++unwritten >= BATCH) {
            write();
        }
    }

    /**
     * Reads and writes to these offsets.
     *
     * @param progress told how many records were read, now and then
     * @throws TimeoutException if the brokers give nothing for long
     */
    public void readTo(Map<Integer, Long> ends, LongConsumer progress) throws TimeoutException {
        long records = 0;
        long lastNanos = nanoTime.getAsLong();
        while (ends.entrySet().stream()
                .anyMatch(end -> positions.getOrDefault(end.getKey(), Long.MAX_VALUE) < end.getValue())) {
            ConsumerRecords<String, byte[]> batch = consumer.poll(POLL);
            batch.forEach(this::take);
            records += batch.count();
            if (!batch.isEmpty()) {
                lastNanos = nanoTime.getAsLong();
            } else if (nanoTime.getAsLong() - lastNanos > NOTHING_FOR.toNanos()) {
                throw new TimeoutException("nothing of " + Topics.EVENTS + " for " + NOTHING_FOR.toSeconds() + " s");
            }
            for (Integer partition : List.copyOf(positions.keySet())) {
                positions.put(partition, consumer.position(topic(partition)));
            }
            progress.accept(records);
        }
        write();
    }

    /** The offset of each partition up to which all is read and written. */
    public Map<Integer, Long> positions() {
        return Map.copyOf(positions);
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        ReadPartition partition = partitions.get(record.partition());
        if (partition == null) {
            return;
        }
        Place place = new Place(record.partition(), record.offset(), Instant.ofEpochMilli(record.timestamp()));
        EventHead head = EventHead.of(record);
        SessionKey deleted = partition.dependsOnDeletions(head);
        if (deleted != null) {
            store.deletions(List.of(deleted)).forEach(partition::knowDeletions);
        }
        switch (head) {
            case EventHead.OfStream(var session, var stream, var type, var entry) ->
                partition.read(new LogRecord.OfStream(stream, session, type, entry, RawRecords.of(record), place));
            case EventHead.OfSession(var session, var command, var _) ->
                partition.read(new LogRecord.Deletion(
                        session, command == null ? LogRecord.Deletion.NO_COMMAND : command, place));
            case EventHead.Unreadable _ -> partition.passOver(record.offset());
        }
    }

    private void write() {
        ReadPartition.writeWhatCanBe(
                partitions,
                store,
                nanoTime.getAsLong(),
                (partition, offset, why) -> log.error(
                        "what {}@{} says can never be written ({}); the rest goes on",
                        topic(partition),
                        offset,
                        why.getClass().getName()));
        unwritten = 0;
    }

    private static TopicPartition topic(int partition) {
        return new TopicPartition(Topics.EVENTS, partition);
    }
}
