package dev.parley.gateway.tail;

import dev.parley.gateway.chat.KnownMessageIds;
import dev.parley.schema.command.Command;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import java.util.HashMap;
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

/** Reads, once and in the background, the commands that the log had before the tail began, and tells {@link KnownMessageIds} of them. */
public final class PastCommandsReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PastCommandsReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long LOOK_EVERY_MS = 50;
    private static final long RETRY_MS = 1_000;

    private final Supplier<Consumer<String, byte[]>> consumers;
    private final Supplier<@Nullable Map<Integer, Long>> tailBeginsAt;
    private final KnownMessageIds repeats;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean read;

    /** How far each partition was read, so that a broken connection does not begin anew. */
    private final Map<TopicPartition, Long> next = new HashMap<>();

    /** @param tailBeginsAt the offset of each partition from which on the tail reads itself; null until it is known */
    public PastCommandsReader(
            Supplier<Consumer<String, byte[]>> consumers,
            Supplier<@Nullable Map<Integer, Long>> tailBeginsAt,
            KnownMessageIds repeats,
            RequiredThreads required) {
        String name = "gateway-past-commands";
        this.thread = Thread.ofPlatform()
                .name(name)
                .daemon()
                .unstarted(required.required(name, this::run, () -> read || closed.getCount() == 0));
        this.consumers = consumers;
        this.tailBeginsAt = tailBeginsAt;
        this.repeats = repeats;
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            Map<Integer, Long> ends = tailBeginsAt.get();
            while (ends == null) {
                if (closed.await(LOOK_EVERY_MS, TimeUnit.MILLISECONDS)) {
                    return;
                }
                ends = tailBeginsAt.get();
            }
            while (!readTo(ends)) {
                if (closed.await(RETRY_MS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            repeats.built();
            read = true;
        } catch (InterruptedException e) {
            LOG.debug("Reading of past commands was interrupted by the shutdown");
        }
    }

    /** @return whether all is read */
    private boolean readTo(Map<Integer, Long> ends) {
        Map<TopicPartition, Long> left = new HashMap<>();
        ends.forEach((partition, end) -> left.put(new TopicPartition(Topics.COMMANDS, partition), end));
        Consumer<String, byte[]> consumer = consumers.get();
        try {
            consumer.assign(left.keySet()); // first: the client warns of offsets of what it does not read
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(left.keySet());
            begins.forEach((each, begin) -> next.merge(each, begin, Math::max));
            left.entrySet().removeIf(each -> next.getOrDefault(each.getKey(), 0L) >= each.getValue());
            consumer.assign(left.keySet());
            left.keySet().forEach(each -> consumer.seek(each, next.getOrDefault(each, 0L)));
            while (!left.isEmpty()) {
                if (closed.getCount() == 0) {
                    return false;
                }
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    add(record);
                }
                left.entrySet().removeIf(each -> isRead(consumer, each.getKey(), each.getValue()));
            }
            return true;
        } catch (KafkaException e) {
            LOG.warn(
                    "The commands before the hot window cannot be read and are retried: {}",
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
            consumer.pause(java.util.List.of(partition));
        }
        return position >= end;
    }

    private void add(ConsumerRecord<String, byte[]> record) {
        if (CommandRecords.read(record) instanceof Decoded.Ok<Command>(Command command)) {
            repeats.add(record.partition(), record.offset(), command);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
