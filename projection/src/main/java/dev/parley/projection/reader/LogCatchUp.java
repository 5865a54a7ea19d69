package dev.parley.projection.reader;

import dev.parley.projection.turn.PartitionFold;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.Topics;
import dev.parley.store.write.TurnStore;
import java.time.Duration;
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

/** Reads {@code chat.events} once from given offsets, without a group, and writes the documents as the projection does. Not thread-safe. */
public final class LogCatchUp {

    private static final Logger log = LoggerFactory.getLogger(LogCatchUp.class);

    /** Records that are folded between two writes. */
    private static final int BATCH = 10_000;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration SILENCE_TIMEOUT = Duration.ofSeconds(30);

    /** Unfinished turns are written when they have doubled. */
    private static final int GROWTH_PERCENT = 100;

    private final Consumer<String, byte[]> consumer;
    private final Map<Integer, ReadPartition> partitions = new HashMap<>();
    private final Map<Integer, Long> positions = new HashMap<>();
    private final TurnStore store;
    private final LongSupplier nanoTime;
    private int unwritten;

    /**
     * @param beginnings the offset of each partition where reading begins
     * @param longestStream as {@code parley.projection.longest-stream}
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
                            new WritePolicy(Duration.ZERO, GROWTH_PERCENT)));
            positions.put(partition, offset);
        });
        List<TopicPartition> all =
                beginnings.keySet().stream().map(LogCatchUp::topic).toList();
        consumer.assign(all);
        beginnings.forEach((partition, offset) -> consumer.seek(topic(partition), offset));
    }

    /** Reads a record that Kafka has deleted. To be called before {@link #readTo}. */
    public void read(ConsumerRecord<String, byte[]> record) {
        fold(record);
        if (++unwritten >= BATCH) {
            write();
        }
    }

    /**
     * Reads and writes to these offsets.
     *
     * @param progress is given the number of records read so far, after each poll
     * @throws TimeoutException if the brokers give nothing for 30 s
     */
    public void readTo(Map<Integer, Long> ends, LongConsumer progress) throws TimeoutException {
        long records = 0;
        long lastNanos = nanoTime.getAsLong();
        while (ends.entrySet().stream()
                .anyMatch(end -> positions.getOrDefault(end.getKey(), Long.MAX_VALUE) < end.getValue())) {
            ConsumerRecords<String, byte[]> batch = consumer.poll(POLL);
            batch.forEach(this::read);
            records += batch.count();
            if (!batch.isEmpty()) {
                lastNanos = nanoTime.getAsLong();
            } else if (nanoTime.getAsLong() - lastNanos > SILENCE_TIMEOUT.toNanos()) {
                throw new TimeoutException(
                        "Kafka gave nothing of " + Topics.EVENTS + " for " + SILENCE_TIMEOUT.toSeconds() + " s");
            }
            for (Integer partition : List.copyOf(positions.keySet())) {
                positions.put(partition, consumer.position(topic(partition)));
            }
            progress.accept(records);
        }
        write();
    }

    /** The offset of each partition up to which all records are read and written. */
    public Map<Integer, Long> positions() {
        return Map.copyOf(positions);
    }

    private void fold(ConsumerRecord<String, byte[]> record) {
        ReadPartition partition = partitions.get(record.partition());
        if (partition == null) {
            return;
        }
        EventHead head = EventHead.of(record);
        SessionKey session = partition.dependsOnDeletions(head);
        if (session != null) {
            store.deletions(List.of(session)).forEach(partition::knowDeletions);
        }
        switch (head) {
            case EventHead.OfStream ofStream -> partition.read(LogRecords.of(ofStream, record));
            case EventHead.OfSession ofSession -> partition.read(LogRecords.of(ofSession, record));
            case EventHead.Unreadable _ -> partition.skip(record.offset());
        }
    }

    private void write() {
        PartitionWrites.writeOrSkip(
                partitions,
                store,
                nanoTime.getAsLong(),
                (partition, offset, reason) -> log.error(
                        "What begins at {}@{} can never be written ({}): it is skipped",
                        topic(partition),
                        offset,
                        reason.getClass().getName()));
        unwritten = 0;
    }

    private static TopicPartition topic(int partition) {
        return new TopicPartition(Topics.EVENTS, partition);
    }
}
