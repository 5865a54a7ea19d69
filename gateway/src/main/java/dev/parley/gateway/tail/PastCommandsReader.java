package dev.parley.gateway.tail;

import dev.parley.gateway.chat.KnownMessageIds;
import dev.parley.schema.command.Command;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the commands from before the tail's start once, in the background, and adds them to the {@link KnownMessageIds}. */
public final class PastCommandsReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PastCommandsReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long CHECK_EVERY_MS = 50;
    private static final long RETRY_MS = 1_000;

    private final Supplier<Consumer<String, byte[]>> consumers;
    private final Supplier<@Nullable Map<Integer, Long>> tailStart;
    private final KnownMessageIds knownIds;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean read;

    /** The next offset of each partition, so that a new connection continues there. */
    private final Map<TopicPartition, Long> next = new HashMap<>();

    /** @param tailStart the first offset that the tail reads in each partition; null until it is known */
    public PastCommandsReader(
            Supplier<Consumer<String, byte[]>> consumers,
            Supplier<@Nullable Map<Integer, Long>> tailStart,
            KnownMessageIds knownIds,
            RequiredThreads required) {
        String name = "gateway-past-commands";
        this.thread = Thread.ofPlatform()
                .name(name)
                .daemon()
                .unstarted(required.required(name, this::run, () -> read || closed.getCount() == 0));
        this.consumers = consumers;
        this.tailStart = tailStart;
        this.knownIds = knownIds;
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            Map<Integer, Long> ends = tailStart.get();
            while (ends == null) {
                if (closed.await(CHECK_EVERY_MS, TimeUnit.MILLISECONDS)) {
                    return;
                }
                ends = tailStart.get();
            }
            while (!readTo(ends)) {
                if (closed.await(RETRY_MS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            knownIds.onPastRead();
            read = true;
        } catch (InterruptedException e) {
            LOG.debug("The shutdown interrupted the reading of past commands");
        }
    }

    /** @return whether all was read */
    private boolean readTo(Map<Integer, Long> ends) {
        Map<TopicPartition, Long> unread = new HashMap<>();
        ends.forEach((partition, end) -> unread.put(new TopicPartition(Topics.COMMANDS, partition), end));
        Consumer<String, byte[]> consumer = consumers.get();
        try {
            consumer.assign(
                    unread.keySet()); // first, because the client logs a warning for offsets of unassigned partitions
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(unread.keySet());
            begins.forEach((each, begin) -> next.merge(each, begin, Math::max));
            unread.entrySet().removeIf(each -> next.getOrDefault(each.getKey(), 0L) >= each.getValue());
            consumer.assign(unread.keySet());
            unread.keySet().forEach(each -> consumer.seek(each, next.getOrDefault(each, 0L)));
            while (!unread.isEmpty()) {
                if (closed.getCount() == 0) {
                    return false;
                }
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    add(record);
                }
                unread.entrySet().removeIf(each -> isRead(consumer, each.getKey(), each.getValue()));
            }
            return true;
        } catch (KafkaException e) {
            LOG.warn(
                    "The commands from before the hot window cannot be read and are retried in " + RETRY_MS + " ms: {}",
                    e.getClass().getSimpleName());
            return false;
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private boolean isRead(Consumer<String, byte[]> consumer, TopicPartition partition, long end) {
        long position = consumer.position(partition);
        next.put(partition, position);
        if (position >= end) {
            consumer.pause(List.of(partition));
        }
        return position >= end;
    }

    private void add(ConsumerRecord<String, byte[]> record) {
        if (CommandRecords.read(record) instanceof Decoded.Ok<Command>(Command command)) {
            knownIds.add(record.partition(), record.offset(), command);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
