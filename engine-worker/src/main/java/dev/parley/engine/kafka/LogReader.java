package dev.parley.engine.kafka;

import dev.parley.service.kafka.Answers;
import dev.parley.service.kafka.BrokerClock;
import dev.parley.service.kafka.ReadHealth;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads partitions of one topic of the log, each from its start position, on a thread of its own. */
final class LogReader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final long CHECK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Consumer<String, byte[]> consumer;
    private final String topic;
    private final Listener listener;
    private final ReadHealth health;
    private final BrokerClock clock;
    private long answers;
    private long checkedAt = System.nanoTime();
    private final BlockingQueue<Runnable> changes = new LinkedBlockingQueue<>();
    private final Map<TopicPartition, Long> toCatchUp = new HashMap<>();
    private volatile boolean closed;

    /** Called on the reader's thread. */
    interface Listener {
        /** What was read, in order; may be empty. The consumer's positions are after it. */
        void read(ConsumerRecords<String, byte[]> records) throws InterruptedException;

        /** All records that were in the partition when reading began were given to {@link #read}. */
        void caughtUp(int partition);

        /** The partition is read from this offset on. */
        default void begins(TopicPartition partition, long offset) {}

        /** The partition is no longer read. */
        default void ends(TopicPartition partition) {}
    }

    LogReader(
            Consumer<String, byte[]> consumer, String topic, Listener listener, ReadHealth health, BrokerClock clock) {
        this.consumer = consumer;
        this.topic = topic;
        this.listener = listener;
        this.health = health;
        this.clock = clock;
    }

    /** Why the log cannot be read; empty if it can, as far as is known. */
    Optional<String> trouble() {
        return health.reason();
    }

    /**
     * Reads these partitions, too. Returns at once.
     *
     * @param partitions that are not read yet; each has a start and an end in {@code positions}
     */
    void begin(Set<Integer> partitions, StartPositions positions) {
        changes.add(() -> {
            Set<TopicPartition> added = of(partitions);
            Set<TopicPartition> all = new HashSet<>(consumer.assignment());
            all.addAll(added);
            consumer.assign(all);
            for (TopicPartition partition : added) {
                long start = positions.starts().getOrDefault(partition, 0L);
                consumer.seek(partition, start);
                toCatchUp.put(partition, positions.ends().getOrDefault(partition, 0L));
                listener.begins(partition, start);
            }
        });
    }

    /** Stops to read these partitions. @return completes when the listener has received their last record */
    CompletableFuture<Void> end(Set<Integer> partitions) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        changes.add(() -> {
            Set<TopicPartition> ended = of(partitions);
            Set<TopicPartition> rest = new HashSet<>(consumer.assignment());
            rest.removeAll(ended);
            consumer.assign(rest);
            toCatchUp.keySet().removeAll(ended);
            ended.forEach(listener::ends);
            done.complete(null);
        });
        return done;
    }

    private Set<TopicPartition> of(Set<Integer> partitions) {
        return partitions.stream()
                .map(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toSet());
    }

    @Override
    public void run() {
        try (consumer) {
            while (!closed) {
                round();
            }
        } catch (InterruptedException | WakeupException | InterruptException e) {
            LOG.debug("Reading {} has ended", topic);
        }
    }

    private void round() throws InterruptedException {
        try {
            change();
            if (!consumer.assignment().isEmpty()) {
                ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
                if (toCatchUp.isEmpty()) {
                    records.forEach(clock::read);
                }
                listener.read(records);
                checkCaughtUp();
            }
            checkHealth();
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            health.failed(e);
            LOG.warn("Topic {} cannot be read, trying again in {} s", topic, RETRY.toSeconds(), e);
            Thread.sleep(RETRY);
        }
    }

    /** While no partition is assigned, no broker is asked, and that is healthy. */
    private void checkHealth() {
        long now = System.nanoTime();
        if (now - checkedAt < CHECK_EVERY_NANOS) {
            return;
        }
        checkedAt = now;
        long before = answers;
        answers = Answers.of(consumer);
        if (answers != before || consumer.assignment().isEmpty()) {
            health.answered();
        }
    }

    /** Makes the changes that were requested; waits a little for one while no partition is assigned. */
    private void change() throws InterruptedException {
        Runnable change =
                consumer.assignment().isEmpty() ? changes.poll(POLL.toMillis(), TimeUnit.MILLISECONDS) : changes.poll();
        while (change != null) {
            change.run();
            change = changes.poll();
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
