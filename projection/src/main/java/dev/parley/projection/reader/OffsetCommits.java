package dev.parley.projection.reader;

import dev.parley.schema.kafka.ProjectionPosition;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits the offset where the oldest unfinished turn of a partition begins. The commit's metadata says how far the partition is written, so
 * that a reader that begins there does not send the same dead letters again. Only one commit is pending at a time; otherwise one a second would
 * wait for brokers that do not answer, and all of them would fail when the brokers are back. Used by one thread.
 */
final class OffsetCommits {

    private static final Logger log = LoggerFactory.getLogger(OffsetCommits.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    /** After so long without an answer another commit is sent. */
    private static final Duration MAX_UNANSWERED = Duration.ofMinutes(1);

    private final Consumer<String, byte[]> consumer;
    private final Map<TopicPartition, ReadPartition> partitions;
    private final Duration interval;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    private long lastNanos;
    private boolean unanswered;

    /** @param partitions those that the reader has, as they change */
    OffsetCommits(
            Consumer<String, byte[]> consumer,
            Map<TopicPartition, ReadPartition> partitions,
            Duration interval,
            LongSupplier nanoTime) {
        this.consumer = consumer;
        this.partitions = partitions;
        this.interval = interval;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong();
    }

    void commitIfDue() {
        long now = nanoTime.getAsLong();
        if (now - lastNanos < (unanswered ? MAX_UNANSWERED : interval).toNanos()) {
            return;
        }
        lastNanos = now;
        Map<TopicPartition, OffsetAndMetadata> due = uncommitted(partitions.keySet());
        if (!due.isEmpty()) {
            unanswered = true;
            consumer.commitAsync(due, (offsets, failure) -> {
                unanswered = false;
                if (failure == null) {
                    committed.putAll(offsets);
                }
            });
        }
    }

    void commitNow(Collection<TopicPartition> which) {
        Map<TopicPartition, OffsetAndMetadata> due = uncommitted(which);
        if (due.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(due, TIMEOUT);
        } catch (KafkaException e) {
            log.info(
                    "Offsets of {} are not committed ({}); their next reader reads some records again",
                    due.keySet(),
                    e.getClass().getSimpleName());
        }
    }

    void remove(TopicPartition partition) {
        committed.remove(partition);
    }

    private Map<TopicPartition, OffsetAndMetadata> uncommitted(Collection<TopicPartition> which) {
        Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
        for (TopicPartition each : which) {
            ReadPartition partition = partitions.get(each);
            if (partition != null) {
                var offset = new OffsetAndMetadata(
                        partition.restartAt(), ProjectionPosition.metadata(partition.writtenTo()));
                if (!offset.equals(committed.get(each))) {
                    due.put(each, offset);
                }
            }
        }
        return due;
    }
}
