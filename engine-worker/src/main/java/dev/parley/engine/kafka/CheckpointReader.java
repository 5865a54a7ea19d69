package dev.parley.engine.kafka;

import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads {@code chat.checkpoints}: knows the newest checkpoint of each partition, and reports partitions that another worker has left. */
final class CheckpointReader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointReader.class);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.CHECKPOINTS, 0);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Consumer<String, byte[]> consumer;
    private final String workerId;
    private final LeaveListener leaveListener;
    private final Map<Integer, Checkpoint> newest = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Called on the reader's thread for each partition that another worker has left. */
    interface LeaveListener {
        void left(int partition, String leftBy);
    }

    CheckpointReader(Consumer<String, byte[]> consumer, String workerId, LeaveListener leaveListener) {
        this.consumer = consumer;
        this.workerId = workerId;
        this.leaveListener = leaveListener;
    }

    /**
     * Reads all checkpoints that there are; to be called before {@link #run}.
     *
     * @throws KafkaException if the brokers do not answer; then it may be called again
     */
    void readAll() {
        consumer.assign(List.of(PARTITION));
        consumer.seekToBeginning(List.of(PARTITION));
        long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
        while (!closed && consumer.position(PARTITION) < end) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                Checkpoint.of(record).ifPresent(found -> newest.put(found.partition(), found));
            }
        }
    }

    /** The newest checkpoint of each partition that has one, as far as they are read. From any thread. */
    Map<Integer, Checkpoint> newest() {
        return Map.copyOf(newest);
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
                Checkpoint.of(record).ifPresent(this::learn);
            }
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("Checkpoints cannot be read, trying again: {}", e.toString());
        }
    }

    private void learn(Checkpoint found) {
        newest.put(found.partition(), found);
        if (found.left() && !found.workerId().equals(workerId)) {
            leaveListener.left(found.partition(), found.workerId());
        }
    }

    void close() {
        closed = true;
        consumer.wakeup();
    }
}
