package dev.parley.engine.kafka;

import dev.parley.engine.desk.Desk;
import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads all commands and events in the order of the log and hands them to the desk, on one thread that waits for nothing else. */
final class Tail implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Tail.class);
    private static final double RESUME_BELOW = 0.8;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Consumer<String, byte[]> consumer;
    private final int partitions;
    private final Duration horizon;
    private final int maxUnfinished;
    private final Desk desk;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final ConcurrentLinkedQueue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final Map<TopicPartition, Long> toCatchUp = new HashMap<>();
    private volatile Map<Integer, Long> done = Map.of();
    private volatile Load load = new Load(0, 0);
    private boolean holding;
    private volatile boolean caughtUp;
    private volatile boolean begun;
    private volatile boolean closed;

    /** How much there is to do. */
    record Load(int running, int waiting) {}

    /**
     * @param horizon how far back the log is read: the longest that a stream may take
     * @param maxUnfinished messages that may be known and not answered
     */
    Tail(
            Consumer<String, byte[]> consumer,
            int partitions,
            Duration horizon,
            int maxUnfinished,
            Desk desk,
            InstantSource clock,
            LongSupplier nanos) {
        this.consumer = consumer;
        this.partitions = partitions;
        this.horizon = horizon;
        this.maxUnfinished = maxUnfinished;
        this.desk = desk;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** Has the tail's thread do something with the desk. From any thread. */
    void post(Runnable message) {
        inbox.add(message);
        if (begun) {
            consumer.wakeup();
        }
    }

    /** Whether all is known that was in the log when this worker started. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    /** As of the last round; from any thread. */
    Map<Integer, Long> done() {
        return done;
    }

    /** As of the last round; from any thread. */
    Load load() {
        return load;
    }

    void close() {
        closed = true;
        consumer.wakeup();
    }

    @Override
    public void run() {
        try (consumer) {
            while (!closed && !begin()) {
                Thread.sleep(RETRY);
            }
            begun = true;
            long rest = 0;
            while (!closed) {
                rest = round(rest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long round(long restNanos) {
        try {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofNanos(restNanos))) {
                read(record);
            }
            checkCaughtUp();
        } catch (WakeupException e) {
            // there is a message
        } catch (KafkaException e) {
            LOG.warn("reading the log failed, trying again", e);
        }
        try {
            for (Runnable message = inbox.poll(); message != null; message = inbox.poll()) {
                message.run();
            }
            long rest = desk.act(nanos.getAsLong());
            done = desk.done();
            load = new Load(desk.running(), desk.waiting());
            holdBack();
            return rest;
        } catch (RuntimeException e) {
            LOG.error("the desk tripped, it goes on with the next round", e);
            return RETRY.toNanos();
        }
    }

    /** Takes no more commands while too many are unfinished. Stops wait then, too. */
    private void holdBack() {
        int unfinished = desk.unfinished();
        if (!holding && unfinished >= maxUnfinished) {
            LOG.warn("{} messages are unfinished, no more are read for now", unfinished);
            consumer.pause(partitions(Topics.COMMANDS));
            holding = true;
        } else if (holding && unfinished < maxUnfinished * RESUME_BELOW) {
            consumer.resume(partitions(Topics.COMMANDS));
            holding = false;
        }
    }

    /** A record that trips us up must not hold up the rest. */
    private void read(ConsumerRecord<String, byte[]> record) {
        try {
            if (record.topic().equals(Topics.COMMANDS)) {
                desk.command(record, nanos.getAsLong());
            } else {
                desk.event(record, nanos.getAsLong());
            }
        } catch (RuntimeException e) {
            LOG.error("record {}-{}@{} could not be judged", record.topic(), record.partition(), record.offset(), e);
        }
    }

    /** Takes its places in the log; false if the brokers did not answer. */
    private boolean begin() {
        try {
            List<TopicPartition> commands = partitions(Topics.COMMANDS);
            List<TopicPartition> events = partitions(Topics.EVENTS);
            List<TopicPartition> all = new ArrayList<>(commands);
            all.addAll(events);
            consumer.assign(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            Map<TopicPartition, Long> past = pastOf(all, ends);
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(new HashSet<>(commands));
            Set<Integer> older = new HashSet<>();
            for (TopicPartition partition : commands) {
                OffsetAndMetadata offset = committed.get(partition);
                long horizonOffset = past.getOrDefault(partition, 0L);
                long start = Math.min(horizonOffset, offset == null ? 0 : offset.offset());
                if (start < horizonOffset) {
                    older.add(partition.partition());
                }
                consumer.seek(partition, start);
            }
            for (TopicPartition partition : events) {
                // events of commands older than the horizon: all that there are
                consumer.seek(partition, older.contains(partition.partition()) ? 0 : past.getOrDefault(partition, 0L));
            }
            toCatchUp.putAll(ends);
            return true;
        } catch (WakeupException e) {
            return false;
        } catch (KafkaException e) {
            LOG.warn("the log cannot be read yet, trying again: {}", e.toString());
            return false;
        }
    }

    private Map<TopicPartition, Long> pastOf(List<TopicPartition> all, Map<TopicPartition, Long> ends) {
        long since = clock.instant().minus(horizon).toEpochMilli();
        Map<TopicPartition, Long> times = new HashMap<>();
        all.forEach(partition -> times.put(partition, since));
        Map<TopicPartition, Long> offsets = new HashMap<>(ends);
        for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
                consumer.offsetsForTimes(times).entrySet()) {
            if (found.getValue() != null) {
                offsets.put(found.getKey(), found.getValue().offset());
            }
        }
        return offsets;
    }

    private void checkCaughtUp() {
        if (caughtUp) {
            return;
        }
        toCatchUp.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
        for (int partition = 0; partition < partitions; partition++) {
            if (!toCatchUp.containsKey(new TopicPartition(Topics.COMMANDS, partition))
                    && !toCatchUp.containsKey(new TopicPartition(Topics.EVENTS, partition))) {
                desk.caughtUp(partition);
            }
        }
        if (toCatchUp.isEmpty()) {
            caughtUp = true;
            LOG.info("the log is read up to now");
        }
    }

    private List<TopicPartition> partitions(String topic) {
        List<TopicPartition> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            all.add(new TopicPartition(topic, partition));
        }
        return all;
    }
}
