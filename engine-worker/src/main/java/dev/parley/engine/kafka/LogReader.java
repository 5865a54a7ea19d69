package dev.parley.engine.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one topic of the log from its starting points on, on a thread of its own. */
final class LogReader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Consumer<String, byte[]> consumer;
    private final Map<TopicPartition, Long> toCatchUp = new HashMap<>();
    private final Set<TopicPartition> partitions;
    private final Listener listener;
    private volatile boolean closed;

    /** Called on the reader's thread. */
    interface Listener {
        /** What was read, in order; may be nothing. The positions of the consumer are after it. */
        void read(ConsumerRecords<String, byte[]> records) throws InterruptedException;

        /** All that was in the partition when reading began was given to {@link #read}. */
        void caughtUp(int partition);
    }

    /** @param partitions of one topic, each with a start and an end in {@code points} */
    LogReader(
            Consumer<String, byte[]> consumer,
            Set<TopicPartition> partitions,
            StartingPoints points,
            Listener listener) {
        this.consumer = consumer;
        this.partitions = Set.copyOf(partitions);
        this.listener = listener;
        consumer.assign(partitions);
        for (TopicPartition partition : partitions) {
            consumer.seek(partition, points.starts().getOrDefault(partition, 0L));
            toCatchUp.put(partition, points.ends().getOrDefault(partition, 0L));
        }
    }

    @Override
    public void run() {
        try (consumer) {
            while (!closed) {
                round();
            }
        } catch (InterruptedException | WakeupException | InterruptException e) {
            LOG.debug("no more of {} is read", partitions);
        }
    }

    private void round() throws InterruptedException {
        try {
            ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
            listener.read(records);
            checkCaughtUp();
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("reading the log failed, trying again", e);
            Thread.sleep(RETRY);
        }
    }

    private void checkCaughtUp() {
        for (TopicPartition partition : new HashSet<>(toCatchUp.keySet())) {
            if (consumer.position(partition) >= toCatchUp.getOrDefault(partition, 0L)) {
                toCatchUp.remove(partition);
                listener.caughtUp(partition.partition());
            }
        }
    }

    void close() {
        closed = true;
        consumer.wakeup();
    }
}
