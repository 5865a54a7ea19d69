package dev.parley.projection.reader;

import dev.parley.projection.ProjectionSettings;
import dev.parley.projection.store.TurnStore;
import dev.parley.projection.turn.LogRecord;
import dev.parley.projection.turn.PartitionFold;
import dev.parley.projection.turn.PartitionFold.Reading;
import dev.parley.projection.turn.Place;
import dev.parley.projection.turn.TextBudget;
import dev.parley.projection.turn.Turn;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.ProjectionPosition;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.kafka.Answers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One membership in the consumer group: reads what it is given, writes what that says, and commits only what is written.
 *
 * <p>What is committed of a partition is where its oldest turn under way begins; with it goes how far it was written, so that a
 * reader that starts there does not send the same dead letters again. While the store is away, reading pauses: what was read is
 * kept, nothing is committed, and the membership goes on. What can never be written is passed over. Used by one thread.
 */
final class EventsReader implements ConsumerRebalanceListener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventsReader.class);

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(5);
    private static final long STATE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LISTEN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long ASK_STORE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Consumer<String, byte[]> consumer;
    private final TurnStore store;
    private final DeadLetters deadLetters;
    private final ProjectionSettings settings;
    private final ProjectionMetrics metrics;
    private final LongSupplier nanoTime;

    private final Map<TopicPartition, ReadPartition> partitions = new HashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    private final TextBudget budget;

    /** Null while writing works. */
    private @Nullable Backoff away;

    private final Reach reach;

    private boolean leaving;
    private long answers;
    private long listenedNanos;
    private long askedStoreNanos;
    private long lastCommitNanos;
    private long lastStateNanos;
    private long recordsRead;

    /** The next try, and the wait after it should it fail too. */
    private record Backoff(long nextTryNanos, Duration step) {}

    EventsReader(
            Consumer<String, byte[]> consumer,
            TurnStore store,
            DeadLetters deadLetters,
            ProjectionSettings settings,
            ProjectionMetrics metrics,
            Reach reach,
            LongSupplier nanoTime) {
        this.consumer = consumer;
        this.store = store;
        this.deadLetters = deadLetters;
        this.settings = settings;
        this.metrics = metrics;
        this.reach = reach;
        this.nanoTime = nanoTime;
        this.budget = new TextBudget(settings.openChars(Runtime.getRuntime().maxMemory()));
        this.lastCommitNanos = nanoTime.getAsLong();
        this.lastStateNanos = nanoTime.getAsLong() - STATE_NANOS;
        this.listenedNanos = nanoTime.getAsLong();
        this.askedStoreNanos = nanoTime.getAsLong() - ASK_STORE_NANOS;
    }

    void join() {
        consumer.subscribe(List.of(Topics.EVENTS), this);
    }

    /** Reads and writes once. */
    void turn() {
        ConsumerRecords<String, byte[]> batch = consumer.poll(POLL);
        if (learnDeletions(batch)) {
            batch.forEach(this::read);
        } else {
            readAgain(batch);
        }
        write();
        commitIfDue();
        reportState();
        listen();
    }

    /** A broker that answers counts once this reader belongs to the group and, if it has partitions, reads them. */
    private void listen() {
        long now = nanoTime.getAsLong();
        if (now - listenedNanos < LISTEN_NANOS) {
            return;
        }
        listenedNanos = now;
        long before = answers;
        answers = Answers.of(consumer);
        if (answers != before && isReading()) {
            reach.kafkaAnswered();
        }
    }

    private boolean isReading() {
        Set<TopicPartition> mine = consumer.assignment();
        return mine.isEmpty()
                ? consumer.groupMetadata().generationId() >= 0
                : mine.stream().anyMatch(each -> consumer.currentLag(each).isPresent());
    }

    /** Writes and commits what can be. */
    void finish() {
        tryWrite();
        commitNow(partitions.keySet());
    }

    /** Leaves the group. What is not committed is read again by whoever comes next. */
    @Override
    public void close() {
        leaving = true;
        consumer.close(CloseOptions.timeout(LEAVE_TIMEOUT));
    }

    boolean isWriting() {
        return away == null;
    }

    // --- reading

    /**
     * A deletion may repeat one that was applied before this reader began, or be one that the writer of a start did not know of: the store
     * knows. @return whether it answered
     */
    private boolean learnDeletions(ConsumerRecords<String, byte[]> batch) {
        Map<TopicPartition, Set<SessionKey>> sessions = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : batch) {
            TopicPartition topic = new TopicPartition(record.topic(), record.partition());
            ReadPartition partition = partitions.get(topic);
            SessionKey session = partition == null ? null : partition.dependsOnDeletions(EventHead.of(record));
            if (session != null) {
                sessions.computeIfAbsent(topic, each -> new HashSet<>()).add(session);
            }
        }
        try {
            sessions.forEach((each, its) -> {
                ReadPartition partition = partitions.get(each);
                if (partition != null) {
                    store.deletions(its).forEach(partition::knowDeletions);
                }
            });
            return true;
        } catch (RuntimeException e) {
            failed(e);
            return false;
        }
    }

    private void readAgain(ConsumerRecords<String, byte[]> batch) {
        for (TopicPartition each : batch.partitions()) {
            if (partitions.containsKey(each)) {
                consumer.seek(each, batch.records(each).getFirst().offset());
            }
        }
        holdOn();
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        recordsRead++;
        ReadPartition partition = partitions.get(new TopicPartition(record.topic(), record.partition()));
        if (partition == null) {
            return;
        }
        Place place = new Place(record.partition(), record.offset(), Instant.ofEpochMilli(record.timestamp()));
        switch (EventHead.of(record)) {
            case EventHead.OfStream(var session, var stream, var type, var entry) ->
                fold(
                        partition,
                        record,
                        new LogRecord.OfStream(stream, session, type, entry, RawRecords.of(record), place));
            case EventHead.OfSession(var session, var command, var _) -> {
                long known = command == null ? LogRecord.Deletion.NO_COMMAND : command;
                fold(partition, record, new LogRecord.Deletion(session, known, place));
            }
            case EventHead.Unreadable(String reason) -> {
                bury(partition, record, reason);
                partition.passOver(record.offset());
            }
        }
    }

    private void fold(ReadPartition partition, ConsumerRecord<String, byte[]> raw, LogRecord record) {
        switch (partition.read(record)) {
            case Reading.Counted(String unreadable) -> {
                if (!partition.wasRead(raw.offset())) {
                    metrics.counted();
                }
                if (unreadable != null) {
                    bury(partition, raw, unreadable);
                }
            }
            case Reading.Dropped(var reason) -> {
                if (!partition.wasRead(raw.offset())) {
                    metrics.dropped(reason);
                }
            }
            case Reading.Repeated() -> {}
        }
    }

    private void bury(ReadPartition partition, ConsumerRecord<String, byte[]> record, String reason) {
        if (!partition.wasRead(record.offset())) {
            log.warn(
                    "unreadable record at {}-{}@{}: {}; it goes to {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    reason,
                    Topics.EVENTS_DLT);
            deadLetters.hold(record, reason);
        }
    }

    // --- writing

    private void write() {
        Backoff waiting = away;
        if (waiting != null && nanoTime.getAsLong() - waiting.nextTryNanos() < 0) {
            return;
        }
        if (tryWrite()) {
            if (waiting != null) {
                log.info("writing again");
                away = null;
                consumer.resume(consumer.assignment());
            }
        } else {
            holdOn();
        }
    }

    private void holdOn() {
        Backoff waiting = away;
        Duration wait = waiting == null ? settings.retryFirst() : doubled(waiting.step());
        away = new Backoff(nanoTime.getAsLong() + wait.toNanos(), wait);
        consumer.pause(consumer.assignment());
    }

    private boolean tryWrite() {
        try {
            deadLetters.deliver();
            List<Turn> written =
                    ReadPartition.writeWhatCanBe(partitions, store, nanoTime.getAsLong(), this::passedOver);
            metrics.written(written, this::isNew);
            learnWhetherTheStoreAnswers(!written.isEmpty());
            return true;
        } catch (RuntimeException e) {
            failed(e);
            return false;
        }
    }

    private boolean isNew(Turn turn) {
        ReadPartition partition =
                partitions.get(new TopicPartition(Topics.EVENTS, turn.trace().partition()));
        return partition != null && !partition.wasRead(turn.trace().lastOffset());
    }

    /** One that is not written to is asked for nothing, now and then, and before it is written to after a failure. */
    private void learnWhetherTheStoreAnswers(boolean itDid) {
        boolean due = away != null || nanoTime.getAsLong() - askedStoreNanos >= ASK_STORE_NANOS;
        if (!itDid && due) {
            store.deletions(Set.of());
        }
        if (itDid || due) {
            askedStoreNanos = nanoTime.getAsLong();
            reach.storeAnswered();
        }
    }

    private void passedOver(TopicPartition topic, long offset, RuntimeException why) {
        metrics.passedOver();
        log.error(
                "what {}@{} says can never be written ({}); the rest goes on",
                topic,
                offset,
                why.getClass().getName());
    }

    private void failed(RuntimeException e) {
        metrics.writeFailed();
        if (away == null) {
            // The type alone: a driver's message may quote what it could not write.
            log.warn(
                    "the store fails ({}); reading pauses until it works",
                    e.getClass().getName());
        }
    }

    private Duration doubled(Duration wait) {
        Duration twice = wait.multipliedBy(2);
        return twice.compareTo(settings.retryMost()) < 0 ? twice : settings.retryMost();
    }

    // --- committing

    private void commitIfDue() {
        long now = nanoTime.getAsLong();
        if (now - lastCommitNanos < settings.commitInterval().toNanos()) {
            return;
        }
        lastCommitNanos = now;
        Map<TopicPartition, OffsetAndMetadata> due = uncommitted(partitions.keySet());
        if (!due.isEmpty()) {
            consumer.commitAsync(due, (offsets, failure) -> {
                if (failure == null) {
                    committed.putAll(offsets);
                }
            });
        }
    }

    private void commitNow(Collection<TopicPartition> which) {
        Map<TopicPartition, OffsetAndMetadata> due = uncommitted(which);
        if (due.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(due, COMMIT_TIMEOUT);
        } catch (KafkaException e) {
            log.info(
                    "not committed ({}): whoever reads on reads some records again",
                    e.getClass().getSimpleName());
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> uncommitted(Collection<TopicPartition> which) {
        Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
        for (TopicPartition each : which) {
            ReadPartition partition = partitions.get(each);
            if (partition != null) {
                var offset = new OffsetAndMetadata(
                        partition.restartAt(), ProjectionPosition.metadata(partition.writtenTo()));
                if (!offset.equals(committed.get(each))) {
                    due.put(each, offset);
                }
            }
        }
        return due;
    }

    // --- the group

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        Map<TopicPartition, OffsetAndMetadata> known = committedOf(assigned);
        for (TopicPartition each : assigned) {
            OffsetAndMetadata offset = known.get(each);
            partitions.put(
                    each,
                    new ReadPartition(
                            consumer.position(each),
                            offset == null ? 0 : ProjectionPosition.parse(offset.metadata()),
                            new PartitionFold(settings.longestStream(), budget),
                            new Pacing(settings.writeInterval(), settings.writeGrowthPercent())));
        }
        if (away != null) {
            consumer.pause(assigned);
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> committedOf(Collection<TopicPartition> assigned) {
        return assigned.isEmpty() ? Map.of() : consumer.committed(Set.copyOf(assigned));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        if (!leaving && !revoked.isEmpty()) {
            tryWrite();
            commitNow(revoked);
            onPartitionsLost(revoked);
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
        for (TopicPartition each : lost) {
            ReadPartition partition = partitions.remove(each);
            if (partition != null) {
                partition.discard();
            }
            committed.remove(each);
        }
    }

    /** At most once a second, and only of what was read. */
    private void reportProgress() {
        if (recordsRead == 0 || away != null) {
            return;
        }
        try {
            store.progressed(recordsRead);
            recordsRead = 0;
        } catch (RuntimeException e) {
            log.debug("the progress is not noted: {}", e.getClass().getSimpleName());
        }
    }

    private void reportState() {
        long now = nanoTime.getAsLong();
        if (now - lastStateNanos < STATE_NANOS) {
            return;
        }
        lastStateNanos = now;
        reportProgress();
        long lag = partitions.keySet().stream()
                .mapToLong(each -> consumer.currentLag(each).orElse(0))
                .sum();
        int open = partitions.values().stream()
                .mapToInt(partition -> partition.open().size())
                .sum();
        metrics.state(lag, open, budget.heldChars());
    }
}
