package dev.parley.engine.kafka;

import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads all checkpoints once, and then tells which partitions other workers say they have left. */
final class CheckpointReader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointReader.class);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.CHECKPOINTS, 0);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Consumer<String, byte[]> consumer;
    private final String workerId;
    private final IntConsumer left;
    private volatile boolean closed;

    /** @param left is told each partition that another worker has left, on this reader's thread */
    CheckpointReader(Consumer<String, byte[]> consumer, String workerId, IntConsumer left) {
        this.consumer = consumer;
        this.workerId = workerId;
        this.left = left;
    }

    /**
     * The newest checkpoint of each partition that has one.
     *
     * @throws KafkaException if the brokers do not answer; it may be called again
     */
    Map<Integer, Checkpoint> readAll() {
        Map<Integer, Checkpoint> newest = new HashMap<>();
        consumer.assign(List.of(PARTITION));
        consumer.seekToBeginning(List.of(PARTITION));
        long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
        while (!closed && consumer.position(PARTITION) < end) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                Checkpoint.of(record).ifPresent(found -> newest.put(found.partition(), found));
            }
        }
        return newest;
    }

    @Override
    public void run() {
        try (consumer) {
            while (!closed) {
                readOn();
            }
        } catch (WakeupException | InterruptException e) {
            // closed
        }
    }

    private void readOn() {
        try {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                Checkpoint.of(record)
                        .filter(found -> found.left() && !found.workerId().equals(workerId))
                        .ifPresent(found -> left.accept(found.partition()));
            }
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("reading the checkpoints failed, trying again: {}", e.toString());
        }
    }

    void close() {
        closed = true;
        consumer.wakeup();
    }
}
