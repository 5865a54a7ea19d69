package dev.parley.gateway.tail;

import dev.parley.gateway.settings.TailSettings;
import dev.parley.gateway.settings.WindowSettings;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all of {@code chat.events}, {@code chat.commands} and {@code chat.connections} with one consumer that has no group, and hands each record
 * to the {@link LogRecordHandler}. It begins some time before the end of the log, so that the hot window is full when {@link #isWarm} becomes
 * true. When Kafka does not answer, it connects again and goes on where it stopped.
 */
public final class LogTail implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long RETRY_MS = 1_000;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);
    private static final long SWEEP_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Supplier<Consumer<String, byte[]>> consumers;
    private final PartitionCount partitionCount;
    private final LogRecordHandler handler;
    private final TailPositions positions;
    private final TailLiveness liveness;
    private final RequiredThreads requiredThreads;
    private final Thread thread;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private int partitions;
    private long nextSweepNanos = System.nanoTime();

    private volatile boolean warm;
    private volatile @Nullable Map<Integer, Long> eventEnds;
    private volatile @Nullable Map<Integer, Long> commandsFrom;

    /**
     * @param consumers makes a consumer; a new one replaces one that failed
     * @param partitionCount creates the topics that are missing
     * @param window how much of the log is read before the tail is warm
     * @param settings when Kafka counts as not answering
     * @param requiredThreads is told if this tail ends before it is closed
     */
    public LogTail(
            Supplier<Consumer<String, byte[]>> consumers,
            PartitionCount partitionCount,
            LogRecordHandler handler,
            WindowSettings window,
            TailSettings settings,
            RequiredThreads requiredThreads) {
        this.consumers = consumers;
        this.partitionCount = partitionCount;
        this.handler = handler;
        this.positions = new TailPositions(window.warmUp().toMillis());
        this.liveness = new TailLiveness(settings, POLL);
        this.requiredThreads = requiredThreads;
        this.thread = Thread.ofPlatform().name("gateway-tail").daemon().unstarted(this::runToItsEnd);
    }

    public void start() {
        thread.start();
    }

    /** Whether all is read that was in the log when this tail began. */
    public boolean isWarm() {
        return warm;
    }

    /** The first offset that is read in each partition of {@code chat.commands}; null until it is known. */
    public @Nullable Map<Integer, Long> commandsFrom() {
        return commandsFrom;
    }

    /** The end that each partition of {@code chat.events} had when this tail began; null until it is known. */
    public @Nullable Map<Integer, Long> eventEndsAtStart() {
        return eventEnds;
    }

    /** For how long the leader of some partition has not answered, in ms. An idle topic's leader answers. */
    public long stalledMs() {
        return liveness.stalledMs();
    }

    /** Whether Kafka does not answer this node. A single silent broker counts only after the time in which others take over its partitions. */
    public boolean isCutOff() {
        return liveness.isCutOff();
    }

    /** A node whose tail has ended, for whatever reason, is not ready. */
    private void runToItsEnd() {
        try {
            requiredThreads.required("gateway-tail", this::run, closing::get).run();
        } finally {
            warm = false;
        }
    }

    private void run() {
        while (!closing.get()) {
            try {
                if (partitions == 0) {
                    partitions = partitionCount.get();
                }
                read();
            } catch (WakeupException | InterruptedException e) {
                return;
            } catch (Exception e) {
                LOG.warn("Reading the log failed and is retried in " + RETRY_MS + " ms: {}", e.toString());
                pause();
            }
        }
    }

    private void pause() {
        try {
            if (closed.await(RETRY_MS, TimeUnit.MILLISECONDS)) {
                LOG.debug("closed while waiting for Kafka");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads over one connection until Kafka has not answered for too long. */
    private void read() {
        Consumer<String, byte[]> consumer = consumers.get();
        boolean answered = false;
        try {
            liveness.onNewConnection();
            assign(consumer);
            while (!closing.get() && !liveness.needsNewConnection()) {
                poll(consumer);
                liveness.check(consumer);
            }
            answered = stalledMs() == 0;
            if (!closing.get()) {
                LOG.warn("Kafka has not answered for {} ms: opening a new connection", stalledMs());
            }
        } finally {
            consumer.close(CloseOptions.timeout(answered ? CLOSE_WITHIN : Duration.ZERO));
        }
    }

    private void assign(Consumer<String, byte[]> consumer) {
        List<TopicPartition> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            all.add(new TopicPartition(Topics.EVENTS, partition));
            all.add(new TopicPartition(Topics.COMMANDS, partition));
        }
        all.add(new TopicPartition(Topics.CONNECTIONS, 0));
        consumer.assign(all);
        if (!positions.isKnown()) {
            positions.find(consumer, all);
            handler.begin(partitions, positions.next(Topics.EVENTS));
            commandsFrom = positions.next(Topics.COMMANDS);
            eventEnds = positions.ends(Topics.EVENTS);
        }
        positions.seek(consumer);
        checkWarm(consumer);
    }

    private void checkWarm(Consumer<String, byte[]> consumer) {
        if (!warm && positions.hasReadToEnds(consumer)) {
            warm = true;
            LOG.info("The hot window is warm: {} streams", handler.windowStreams());
        }
    }

    private void poll(Consumer<String, byte[]> consumer) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            handler.onRecord(record, warm);
            positions.onRead(record);
        }
        checkWarm(consumer);
        long now = System.nanoTime();
        if (now - nextSweepNanos >= 0) {
            nextSweepNanos = now + SWEEP_EVERY_NANOS;
            handler.sweep(consumer.assignment().stream()
                    .mapToLong(each -> consumer.currentLag(each).orElse(0))
                    .sum());
        }
    }

    @Override
    public void close() {
        closing.set(true);
        closed.countDown();
        try {
            if (!thread.join(Duration.ofSeconds(2))) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The number of partitions of commands and events. */
    public interface PartitionCount {

        /** @throws KafkaException or another exception if Kafka does not answer */
        int get() throws Exception;
    }
}
