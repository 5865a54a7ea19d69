package dev.parley.projection.reader;

import dev.parley.service.kafka.Answers;
import dev.parley.store.write.TurnStore;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Notes for {@link Reachability} when Kafka and the store answer a reader, and asks a store that is not written to. Used by one thread. */
final class ReachabilityChecks {

    private static final long KAFKA_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long STORE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Consumer<String, byte[]> consumer;
    private final TurnStore store;
    private final Reachability reachability;
    private final LongSupplier nanoTime;
    private long answers;
    private long kafkaCheckedNanos;
    private long storeCheckedNanos;

    ReachabilityChecks(
            Consumer<String, byte[]> consumer, TurnStore store, Reachability reachability, LongSupplier nanoTime) {
        this.consumer = consumer;
        this.store = store;
        this.reachability = reachability;
        this.nanoTime = nanoTime;
        this.kafkaCheckedNanos = nanoTime.getAsLong();
        this.storeCheckedNanos = nanoTime.getAsLong() - STORE_NANOS;
    }

    /** An answer of a broker counts once the reader is a member of the group and reads its partitions, if it has any. */
    void afterPoll() {
        long now = nanoTime.getAsLong();
        if (now - kafkaCheckedNanos < KAFKA_NANOS) {
            return;
        }
        kafkaCheckedNanos = now;
        long before = answers;
        answers = Answers.of(consumer);
        if (answers != before && isReading()) {
            reachability.kafkaAnswered();
        }
    }

    private boolean isReading() {
        Set<TopicPartition> assigned = consumer.assignment();
        return assigned.isEmpty()
                ? consumer.groupMetadata().generationId() >= 0
                : assigned.stream().anyMatch(each -> consumer.currentLag(each).isPresent());
    }

    /**
     * Asks the store if nothing was written to it and it is time to.
     *
     * @param wrote whether the store has just been written to
     * @param failedBefore whether the write before failed: then the store is checked at once
     * @throws RuntimeException if the store does not answer
     */
    void afterWrite(boolean wrote, boolean failedBefore) {
        boolean due = failedBefore || nanoTime.getAsLong() - storeCheckedNanos >= STORE_NANOS;
        if (!wrote && due) {
            store.deletions(Set.of());
        }
        if (wrote || due) {
            storeCheckedNanos = nanoTime.getAsLong();
            reachability.storeAnswered();
        }
    }
}
