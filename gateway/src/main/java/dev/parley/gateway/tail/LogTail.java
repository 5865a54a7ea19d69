package dev.parley.gateway.tail;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.chat.KnownMessageIds;
import dev.parley.gateway.chat.MessageRateLimit;
import dev.parley.gateway.connections.RemoteConnections;
import dev.parley.gateway.relay.EventRecord;
import dev.parley.gateway.relay.LoggedMessage;
import dev.parley.gateway.relay.RecordPosition;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.settings.TailSettings;
import dev.parley.gateway.settings.WindowSettings;
import dev.parley.schema.command.Command;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.ConnectionRecords;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Verdict.Dropped;
import dev.parley.schema.startup.RequiredThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one consumer of a gateway: tails all of {@code chat.events}, {@code chat.commands} and {@code chat.connections}, by assignment and
 * without a group, and tells the {@link Relay}. It starts a while back, so that the hot window is full by the time that it
 * {@link #isWarm}. Kafka may be away at any time: then nothing comes, and what came after goes on where it stopped.
 */
public final class LogTail implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long RETRY_MS = 1_000;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);
    private static final long LISTEN_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final String NODE = "node-";
    private static final Pattern NODE_ID = Pattern.compile(NODE + "\\d+");
    private static final long SWEEP_MS = 5_000;
    private static final long RATE_WINDOW_MS = 60_000;

    private final Supplier<Consumer<String, byte[]>> consumers;
    private final PartitionCount partitionCount;
    private final Relay relay;
    private final MessageRateLimit rate;
    private final RemoteConnections remoteConnections;
    private final GatewayMetrics metrics;
    private final LongSupplier nowMs;
    private final long warmUpMs;

    private final Thread thread;
    private volatile RequiredThreads requiredThreads = RequiredThreads.endingNothing();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Map<TopicPartition, Long> warmAt = new HashMap<>();
    private volatile boolean warm;
    private volatile @Nullable Map<Integer, Long> eventEnds;
    private volatile @Nullable Map<Integer, Long> commandsFrom;
    private final KnownMessageIds repeats;
    private final TailSettings settings;
    private final BrokerLiveness liveness;
    private int partitions;
    private long connectedAtNanos;
    private long listenedAtNanos = System.nanoTime();
    private volatile long silentMs;
    private volatile long stalledMs;
    private long sweptAtMs;

    /**
     * @param consumers makes a consumer; a broken one is replaced
     * @param partitionCount sees to it that the topics are there
     * @param nowMs a monotonic clock
     * @param window how much of the log is read before the tail is warm
     * @param settings when Kafka counts as not answering
     */
    public LogTail(
            Supplier<Consumer<String, byte[]>> consumers,
            PartitionCount partitionCount,
            Relay relay,
            MessageRateLimit rate,
            KnownMessageIds repeats,
            RemoteConnections remoteConnections,
            GatewayMetrics metrics,
            LongSupplier nowMs,
            WindowSettings window,
            TailSettings settings) {
        this.consumers = consumers;
        this.partitionCount = partitionCount;
        this.relay = relay;
        this.rate = rate;
        this.repeats = repeats;
        this.remoteConnections = remoteConnections;
        this.metrics = metrics;
        this.nowMs = nowMs;
        this.warmUpMs = window.warmUp().toMillis();
        this.settings = settings;
        this.liveness = new BrokerLiveness(2 * POLL.toNanos(), System.nanoTime());
        this.thread = Thread.ofPlatform().name("gateway-tail").daemon().unstarted(this::runToItsEnd);
    }

    /** @param threads is told if this tail ends before it is closed */
    public LogTail neededBy(RequiredThreads threads) {
        requiredThreads = threads;
        return this;
    }

    public void start() {
        thread.start();
    }

    /** Whether all that was in the log when this tail began has been read. */
    public boolean isWarm() {
        return warm;
    }

    /** From which offset on each partition of {@code chat.commands} is read here; null until that is known. */
    public @Nullable Map<Integer, Long> commandsFrom() {
        return commandsFrom;
    }

    /** Where each partition of {@code chat.events} ended when this tail began; null until Kafka has said so. */
    public @Nullable Map<Integer, Long> eventEndsAtStart() {
        return eventEnds;
    }

    /** For how long some partition has stood still because its broker gives no answer, in ms; an idle log does not stand still. */
    public long stalledMs() {
        return stalledMs;
    }

    /**
     * Whether Kafka does not answer this node. A single broker that is silent counts only when others would have taken over what it led.
     */
    public boolean isCutOff() {
        return silentMs > settings.unanswered().toMillis()
                || stalledMs > settings.leave().toMillis();
    }

    /** A node whose tail is dead, for whatever reason, is not ready. */
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
                read(partitions);
            } catch (WakeupException e) {
                return;
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                LOG.warn("Reading the log failed and is retried in " + RETRY_MS + " ms: {}", e.toString());
                pause();
            }
        }
    }

    /** Reads on over a new connection until it is of no use any more. */
    private void read(int count) {
        Consumer<String, byte[]> consumer = consumers.get();
        boolean answered = false;
        try {
            liveness.onNewConnection();
            connectedAtNanos = System.nanoTime();
            assign(consumer, count);
            while (!closing.get() && !isUseless()) {
                take(consumer);
                listen(consumer);
            }
            answered = stalledMs == 0;
        } finally {
            consumer.close(CloseOptions.timeout(answered ? CLOSE_WITHIN : Duration.ZERO));
        }
    }

    /** What was sent over a broken network is sent again later and later, and a new connection is not. */
    private boolean isUseless() {
        long unansweredMs = settings.unanswered().toMillis();
        boolean useless = stalledMs > unansweredMs
                && TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - connectedAtNanos) > unansweredMs;
        if (useless) {
            LOG.warn("Kafka has not answered for {} ms: opening a new connection", stalledMs);
        }
        return useless;
    }

    private void listen(Consumer<String, byte[]> consumer) {
        long now = System.nanoTime();
        if (now - listenedAtNanos < LISTEN_EVERY_NANOS) {
            return;
        }
        listenedAtNanos = now;
        liveness.look(leaders(consumer), answers(consumer), now);
        boolean wasCutOff = isCutOff();
        silentMs = aboveFetchWait(liveness.silentNanos());
        stalledMs = aboveFetchWait(liveness.stalledNanos());
        if (wasCutOff && !isCutOff()) {
            LOG.info("Kafka answers again");
        }
    }

    private long aboveFetchWait(long nanos) {
        long ms = TimeUnit.NANOSECONDS.toMillis(nanos);
        return ms <= 2L * settings.fetchWait().toMillis() ? 0 : ms;
    }

    /** As the consumer knows them; asks nobody. */
    private static Set<Integer> leaders(Consumer<String, byte[]> consumer) {
        Set<Integer> leaders = new HashSet<>();
        try {
            for (PartitionInfo each : consumer.partitionsFor(Topics.EVENTS, Duration.ofMillis(1))) {
                leaders.add(
                        each.leader() == null
                                ? Node.noNode().id()
                                : each.leader().id());
            }
        } catch (TimeoutException e) {
            return Set.of(); // the connection is new
        }
        return leaders;
    }

    private static Map<Integer, Long> answers(Consumer<String, byte[]> consumer) {
        Map<Integer, Long> answers = new HashMap<>();
        for (Map.Entry<MetricName, ? extends Metric> each : consumer.metrics().entrySet()) {
            String node = each.getKey().tags().getOrDefault("node-id", "");
            if (each.getKey().name().equals("response-total")
                    && NODE_ID.matcher(node).matches()
                    && each.getValue().metricValue() instanceof Number total) {
                answers.put(Integer.valueOf(node.substring(NODE.length())), total.longValue());
            }
        }
        return answers;
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

    private void assign(Consumer<String, byte[]> consumer, int partitions) {
        List<TopicPartition> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            all.add(new TopicPartition(Topics.EVENTS, partition));
            all.add(new TopicPartition(Topics.COMMANDS, partition));
        }
        all.add(new TopicPartition(Topics.CONNECTIONS, 0));
        consumer.assign(all);
        if (next.isEmpty()) {
            findStart(consumer, all);
        }
        next.forEach(consumer::seek);
    }

    /** By this node's clock, which may be ahead of the brokers'; then it is the time of the newest record. */
    private static long now(Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        long own = System.currentTimeMillis();
        return Math.min(own, NewestRecordTime.timeMs(consumer, ends).orElse(own));
    }

    private void findStart(Consumer<String, byte[]> consumer, List<TopicPartition> all) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(all);
        long from = now(consumer, ends) - warmUpMs;
        Map<TopicPartition, OffsetAndTimestamp> starts =
                consumer.offsetsForTimes(all.stream().collect(Collectors.toMap(each -> each, _ -> from)));
        for (TopicPartition each : all) {
            OffsetAndTimestamp start = starts.get(each);
            long end = ends.getOrDefault(each, 0L);
            long first = start == null ? end : Math.min(start.offset(), end);
            next.put(each, first);
            if (first < end) {
                warmAt.put(each, end);
            }
        }
        repeats.begin((int) all.stream()
                .filter(each -> each.topic().equals(Topics.COMMANDS))
                .count());
        Map<Integer, Long> commands = new HashMap<>();
        next.forEach((each, first) -> {
            if (each.topic().equals(Topics.EVENTS)) {
                relay.readFrom(each.partition(), first);
            } else if (each.topic().equals(Topics.COMMANDS)) {
                commands.put(each.partition(), first);
            }
        });
        commandsFrom = commands;
        eventEnds = all.stream()
                .filter(each -> each.topic().equals(Topics.EVENTS))
                .collect(Collectors.toMap(TopicPartition::partition, each -> ends.getOrDefault(each, 0L)));
        checkWarm();
    }

    private void take(Consumer<String, byte[]> consumer) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            takeSafely(record);
            next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        }
        if (!warm) {
            warmAt.entrySet().removeIf(each -> consumer.position(each.getKey()) >= each.getValue());
            checkWarm();
        }
        long now = nowMs.getAsLong();
        if (now - sweptAtMs > SWEEP_MS) {
            sweptAtMs = now;
            relay.sweep(now);
            metrics.behind(consumer.assignment().stream()
                    .mapToLong(each -> consumer.currentLag(each).orElse(0))
                    .sum());
            rate.sweep();
        }
    }

    /** No record, whatever is in it, may stop the others. */
    private void takeSafely(ConsumerRecord<String, byte[]> record) {
        try {
            switch (record.topic()) {
                case Topics.EVENTS -> onEvent(record);
                case Topics.COMMANDS -> onCommand(record);
                default -> onConnections(record);
            }
        } catch (RuntimeException e) {
            unreadable();
            LOG.error(
                    "Record {}-{}@{} cannot be relayed and is skipped: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getClass().getName());
        }
    }

    /** What the log had before this gateway began counted in its time. */
    private void unreadable() {
        if (warm) {
            metrics.unreadable();
        }
    }

    private void onEvent(ConsumerRecord<String, byte[]> record) {
        switch (EventHead.of(record)) {
            case EventHead.OfStream head -> {
                EventRecord hot = new EventRecord(head.type(), record.value(), record.timestamp());
                if (relay.onEvent(place(record), head, hot, nowMs.getAsLong()) instanceof Dropped(var reason) && warm) {
                    metrics.dropped(reason);
                }
            }
            case EventHead.OfSession head -> {
                Long command = head.command();
                if (command != null) {
                    repeats.conversationDeleted(record.partition(), command, head.session());
                }
                if (relay.onDeleted(place(record), head, record.value())) {
                    rate.deleted(head.session());
                }
            }
            case EventHead.Unreadable _ -> unreadable();
        }
    }

    private void onCommand(ConsumerRecord<String, byte[]> record) {
        if (CommandRecords.read(record) instanceof Decoded.Ok<Command>(Command command)) {
            repeats.add(record.partition(), record.offset(), command);
            if (command instanceof Command.ChatStream chat) {
                onChat(chat, record);
            }
        }
        repeats.read(record.partition(), record.offset());
    }

    /** One that repeats another has its stream already, wherever that is. */
    private void onChat(Command.ChatStream chat, ConsumerRecord<String, byte[]> record) {
        StreamId id = new StreamId(chat.userId(), chat.messageId());
        if (repeats.wasAskedBefore(id, record.offset())) {
            return;
        }
        if (warm || System.currentTimeMillis() - record.timestamp() < RATE_WINDOW_MS) {
            rate.logged(id, chat.sessionId());
        }
        LoggedMessage asked = new LoggedMessage(record.offset(), record.timestamp(), chat.message());
        relay.onRequested(id, chat.sessionKey(), asked, nowMs.getAsLong());
    }

    private static RecordPosition place(ConsumerRecord<String, byte[]> record) {
        return new RecordPosition(record.partition(), record.offset());
    }

    /** What a starting node reads was said some time ago, perhaps by a gateway that has died since. */
    private void onConnections(ConsumerRecord<String, byte[]> record) {
        long agoMs = warm ? 0 : Math.max(0, System.currentTimeMillis() - record.timestamp());
        ConnectionRecords.read(record)
                .ifPresent(said -> remoteConnections.onAnnouncement(said, nowMs.getAsLong() - agoMs));
    }

    private void checkWarm() {
        if (!warm && warmAt.isEmpty()) {
            warm = true;
            LOG.info("The hot window is warm: {} streams", relay.windowStreams());
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

        /** @throws KafkaException or another exception if Kafka cannot say now */
        int get() throws Exception;
    }
}
