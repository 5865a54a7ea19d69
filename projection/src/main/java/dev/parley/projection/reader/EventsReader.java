package dev.parley.projection.reader;

import dev.parley.projection.ProjectionSettings;
import dev.parley.projection.turn.LogRecord;
import dev.parley.projection.turn.PartitionFold;
import dev.parley.projection.turn.PartitionFold.Reading;
import dev.parley.projection.turn.TextBudget;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.ProjectionPosition;
import dev.parley.schema.kafka.Topics;
import dev.parley.store.turn.Turn;
import dev.parley.store.write.TurnStore;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One membership in the consumer group: reads its partitions, writes the documents, and commits what is written.
 *
 * <p>While the store fails, reading pauses: what was read is kept, nothing is committed, and the membership goes on. What can never be written
 * is skipped. Used by one thread.
 */
final class EventsReader implements ConsumerRebalanceListener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventsReader.class);

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(5);

    private final Consumer<String, byte[]> consumer;
    private final TurnStore store;
    private final DeadLetters deadLetters;
    private final ProjectionSettings settings;
    private final ProjectionMetrics metrics;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, ReadPartition> partitions = new HashMap<>();
    private final TextBudget budget;
    private final OffsetCommits commits;
    private final WriteBackoff backoff;
    private final ReachabilityChecks checks;
    private final StateReports reports;
    private boolean leaving;

    EventsReader(
            Consumer<String, byte[]> consumer,
            TurnStore store,
            DeadLetters deadLetters,
            ProjectionSettings settings,
            ProjectionMetrics metrics,
            Reachability reachability,
            LongSupplier nanoTime) {
        this.consumer = consumer;
        this.store = store;
        this.deadLetters = deadLetters;
        this.settings = settings;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.budget = new TextBudget(settings.openChars(Runtime.getRuntime().maxMemory()));
        this.commits = new OffsetCommits(consumer, partitions, settings.commitInterval(), nanoTime);
        this.backoff = new WriteBackoff(settings.retryFirst(), settings.retryMost());
        this.checks = new ReachabilityChecks(consumer, store, reachability, nanoTime);
        this.reports = new StateReports(consumer, store, metrics, nanoTime);
    }

    void join() {
        consumer.subscribe(List.of(Topics.EVENTS), this);
    }

    /** Reads and writes once. */
    void poll() {
        ConsumerRecords<String, byte[]> batch = consumer.poll(POLL);
        if (learnDeletions(batch)) {
            batch.forEach(this::read);
        } else {
            readAgainLater(batch);
        }
        write();
        commits.commitIfDue();
        reports.reportIfDue(partitions, budget, isWriting());
        checks.afterPoll();
    }

    /** Writes and commits what was read, as far as the store and the broker answer. */
    void finish() {
        tryWrite();
        commits.commitNow(partitions.keySet());
    }

    /** Leaves the group. Records that are not committed are read again by the next reader. */
    @Override
    public void close() {
        leaving = true;
        consumer.close(CloseOptions.timeout(LEAVE_TIMEOUT));
    }

    boolean isWriting() {
        return !backoff.isActive();
    }

    // Reading

    /** @return whether the store answered */
    private boolean learnDeletions(ConsumerRecords<String, byte[]> batch) {
        try {
            StoredDeletions.learn(batch, partitions, store);
            return true;
        } catch (RuntimeException e) {
            writeFailed(e);
            return false;
        }
    }

    private void readAgainLater(ConsumerRecords<String, byte[]> batch) {
        for (TopicPartition each : batch.partitions()) {
            if (partitions.containsKey(each)) {
                consumer.seek(each, batch.records(each).getFirst().offset());
            }
        }
        pause();
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        reports.recordRead();
        ReadPartition partition = partitions.get(new TopicPartition(record.topic(), record.partition()));
        if (partition == null) {
            return;
        }
        switch (EventHead.of(record)) {
            case EventHead.OfStream head -> fold(partition, record, LogRecords.of(head, record));
            case EventHead.OfSession head -> fold(partition, record, LogRecords.of(head, record));
            case EventHead.Unreadable(String reason) -> {
                deadLetter(partition, record, reason);
                partition.skip(record.offset());
            }
        }
    }

    private void fold(ReadPartition partition, ConsumerRecord<String, byte[]> raw, LogRecord record) {
        boolean isNew = !partition.wasReadBefore(raw.offset());
        switch (partition.read(record)) {
            case Reading.Counted(String unreadable) -> {
                if (isNew) {
                    metrics.counted();
                }
                if (unreadable != null) {
                    deadLetter(partition, raw, unreadable);
                }
            }
            case Reading.Dropped(var reason) -> {
                if (isNew) {
                    metrics.dropped(reason);
                }
            }
            case Reading.Repeated() -> {}
        }
    }

    private void deadLetter(ReadPartition partition, ConsumerRecord<String, byte[]> record, String reason) {
        if (!partition.wasReadBefore(record.offset())) {
            log.warn(
                    "Record {}-{}@{} cannot be read: {}. It goes to {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    reason,
                    Topics.EVENTS_DLT);
            deadLetters.add(record, reason);
        }
    }

    // Writing

    private void write() {
        if (backoff.isWaiting(nanoTime.getAsLong())) {
            return;
        }
        if (!tryWrite()) {
            pause();
        } else if (backoff.isActive()) {
            log.info("Writes to the store succeed again: reading resumes");
            backoff.succeeded();
            consumer.resume(consumer.assignment());
        }
    }

    private void pause() {
        backoff.failed(nanoTime.getAsLong());
        consumer.pause(consumer.assignment());
    }

    private boolean tryWrite() {
        try {
            deadLetters.deliver();
            List<Turn> written =
                    PartitionWrites.writeOrSkip(partitions, store, nanoTime.getAsLong(), this::writeSkipped);
            metrics.written(written, this::isNew);
            checks.afterWrite(!written.isEmpty(), backoff.isActive());
            return true;
        } catch (RuntimeException e) {
            writeFailed(e);
            return false;
        }
    }

    private boolean isNew(Turn turn) {
        ReadPartition partition =
                partitions.get(new TopicPartition(Topics.EVENTS, turn.trace().partition()));
        return partition != null && !partition.wasReadBefore(turn.trace().lastOffset());
    }

    private void writeSkipped(TopicPartition topic, long offset, RuntimeException reason) {
        metrics.writeSkipped();
        log.error(
                "What begins at {}@{} can never be written ({}): it is skipped",
                topic,
                offset,
                reason.getClass().getName());
    }

    private void writeFailed(RuntimeException e) {
        metrics.writeFailed();
        if (!backoff.isActive()) {
            // Only the type, because a driver's message may quote what could not be written.
            log.warn(
                    "A write to the store or to {} failed ({}): reading pauses until one succeeds",
                    Topics.EVENTS_DLT,
                    e.getClass().getName());
        }
    }

    // Rebalances

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        Map<TopicPartition, OffsetAndMetadata> committed =
                assigned.isEmpty() ? Map.of() : consumer.committed(Set.copyOf(assigned));
        for (TopicPartition each : assigned) {
            OffsetAndMetadata offset = committed.get(each);
            partitions.put(
                    each,
                    new ReadPartition(
                            consumer.position(each),
                            offset == null ? 0 : ProjectionPosition.parse(offset.metadata()),
                            new PartitionFold(settings.longestStream(), budget),
                            new WritePolicy(settings.writeInterval(), settings.writeGrowthPercent())));
        }
        if (backoff.isActive()) {
            consumer.pause(assigned);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        if (!leaving && !revoked.isEmpty()) {
            tryWrite();
            commits.commitNow(revoked);
            onPartitionsLost(revoked);
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
        for (TopicPartition each : lost) {
            ReadPartition partition = partitions.remove(each);
            if (partition != null) {
                partition.close();
            }
            commits.remove(each);
        }
    }
}
