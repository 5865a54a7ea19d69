package dev.parley.engine.kafka;

import dev.parley.engine.coordinator.Coordinator;
import dev.parley.schema.command.Command;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.repeats.AskedIds;
import dev.parley.schema.repeats.IdHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the commands from before a worker's start positions, in the background and with a consumer of its own, so that the coordinator knows all
 * ids in the log. Also tells the coordinator which offsets the log has no longer.
 */
final class PastCommandReader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PastCommandReader.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final long CHECK_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

    private final org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer;
    private final IdHash hash;
    private final Consumer<Consumer<Coordinator>> coordinator;
    private final LinkedBlockingQueue<Map<TopicPartition, Long>> wanted = new LinkedBlockingQueue<>();
    /** For each partition that is not read yet the offset at which its past ends. */
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    /** For each partition the oldest offset in the log when reading began. */
    private final Map<TopicPartition, Long> starts = new HashMap<>();

    private long checkedAt = System.nanoTime();
    private volatile boolean closed;

    /** @param coordinator takes tasks for the coordinator */
    PastCommandReader(
            org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer,
            IdHash hash,
            Consumer<Consumer<Coordinator>> coordinator) {
        this.consumer = consumer;
        this.hash = hash;
        this.coordinator = coordinator;
    }

    /** Reads what is before these start positions. Returns at once. */
    void begin(Set<Integer> partitions, StartPositions positions) {
        Map<TopicPartition, Long> before = new HashMap<>();
        partitions.forEach(partition -> before.put(
                new TopicPartition(Topics.COMMANDS, partition),
                positions.start(partition).commands()));
        wanted.add(before);
    }

    @Override
    public void run() {
        try (consumer) {
            while (!closed) {
                round();
            }
        } catch (InterruptedException | WakeupException | InterruptException e) {
            LOG.debug("Reading past commands has ended");
        }
    }

    private void round() throws InterruptedException {
        try {
            Map<TopicPartition, Long> more =
                    ends.isEmpty() ? wanted.poll(POLL.toMillis(), TimeUnit.MILLISECONDS) : wanted.poll();
            if (more != null) {
                add(more);
            }
            if (!ends.isEmpty()) {
                read();
            }
            if (System.nanoTime() - checkedAt > CHECK_EVERY_NANOS) {
                checkedAt = System.nanoTime();
                consumer.beginningOffsets(starts.keySet())
                        .forEach((partition, offset) ->
                                coordinator.accept(it -> it.logBeginsAt(partition.partition(), offset)));
            }
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("Past commands cannot be read, trying again in {} s: {}", RETRY.toSeconds(), e.toString());
            Thread.sleep(RETRY);
        }
    }

    private void add(Map<TopicPartition, Long> more) {
        try {
            Set<TopicPartition> all = new HashSet<>(starts.keySet());
            all.addAll(more.keySet());
            consumer.assign(all); // first, because the client warns of offsets of partitions that are not assigned
            consumer.resume(more.keySet());
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(more.keySet());
            ends.putAll(more);
            more.forEach((partition, end) -> {
                long start = begins.getOrDefault(partition, 0L);
                starts.put(partition, start);
                consumer.seek(partition, start);
            });
        } catch (KafkaException e) {
            wanted.add(more);
            throw e;
        }
        finish();
    }

    private void read() {
        Map<Integer, List<AskedIds.Asked>> read = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            if (CommandRecords.read(record) instanceof Decoded.Ok<Command>(Command command)) {
                read.computeIfAbsent(record.partition(), _ -> new ArrayList<>())
                        .add(AskedIds.of(hash, record.offset(), command));
            }
        }
        read.forEach((partition, commands) -> coordinator.accept(it -> it.past(partition, commands)));
        finish();
    }

    private void finish() {
        Map<TopicPartition, Long> done = new HashMap<>(ends);
        done.entrySet().removeIf(each -> consumer.position(each.getKey()) < each.getValue());
        if (done.isEmpty()) {
            return;
        }
        done.forEach((partition, end) -> {
            long from = starts.getOrDefault(partition, 0L);
            coordinator.accept(it -> it.pastIsComplete(partition.partition(), from, end));
        });
        ends.keySet().removeAll(done.keySet());
        consumer.pause(done.keySet());
        if (ends.isEmpty()) {
            LOG.info("The ids of all commands in the log are known");
        }
    }

    void close() {
        closed = true;
        consumer.wakeup();
    }
}
