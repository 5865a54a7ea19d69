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

/** Reads partitions of one topic of the log, each from its starting point on, on a thread of its own. */
final class LogReader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final long LISTEN_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Consumer<String, byte[]> consumer;
    private final String topic;
    private final Listener listener;
    private final ReadHealth health;
    private final BrokerClock clock;
    private long answers;
    private long listenedAt = System.nanoTime();
    private final BlockingQueue<Runnable> changes = new LinkedBlockingQueue<>();
    private final Map<TopicPartition, Long> toCatchUp = new HashMap<>();
    private volatile boolean closed;

    /** Called on the reader's thread. */
    interface Listener {
        /** What was read, in order; may be nothing. The positions of the consumer are after it. */
        void read(ConsumerRecords<String, byte[]> records) throws InterruptedException;

        /** All that was in the partition when reading began was given to {@link #read}. */
        void caughtUp(int partition);

        /** The partition is read from this offset on. */
        default void begins(TopicPartition partition, long offset) {}

        /** The partition is read no more. */
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

    /** Why nothing is read; empty if that is well. */
    Optional<String> trouble() {
        return health.reason();
    }

    /**
     * Reads these partitions, too. Returns at once.
     *
     * @param partitions which are not read yet; each has a start and an end in {@code points}
     */
    void begin(Set<Integer> partitions, StartPositions points) {
        changes.add(() -> {
            Set<TopicPartition> added = of(partitions);
            Set<TopicPartition> all = new HashSet<>(consumer.assignment());
            all.addAll(added);
            consumer.assign(all);
            for (TopicPartition partition : added) {
                long start = points.starts().getOrDefault(partition, 0L);
                consumer.seek(partition, start);
                toCatchUp.put(partition, points.ends().getOrDefault(partition, 0L));
                listener.begins(partition, start);
            }
        });
    }

    /** Reads these partitions no more. @return done when the listener has got the last record of them */
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
            LOG.debug("no more of {} is read", topic);
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
            listen();
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            health.failed(e);
            LOG.warn("reading the log failed, trying again", e);
            Thread.sleep(RETRY);
        }
    }

    /** Where nothing is read, nobody is asked. */
    private void listen() {
        long now = System.nanoTime();
        if (now - listenedAt < LISTEN_EVERY_NANOS) {
            return;
        }
        listenedAt = now;
        long before = answers;
        answers = Answers.of(consumer);
        if (answers != before || consumer.assignment().isEmpty()) {
            health.answered();
        }
    }

    /** Makes the changes that are asked for; waits a little for one where nothing is read. */
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
