package dev.parley.projection.reader;

import dev.parley.projection.turn.TextBudget;
import dev.parley.store.write.TurnStore;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Once a second, sets the gauges of a reader and counts in the store what it has read. Used by one thread. */
final class StateReports {

    private static final Logger log = LoggerFactory.getLogger(StateReports.class);

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Consumer<String, byte[]> consumer;
    private final TurnStore store;
    private final ProjectionMetrics metrics;
    private final LongSupplier nanoTime;
    private long lastNanos;
    private long recordsRead;

    StateReports(Consumer<String, byte[]> consumer, TurnStore store, ProjectionMetrics metrics, LongSupplier nanoTime) {
        this.consumer = consumer;
        this.store = store;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong() - INTERVAL_NANOS;
    }

    void recordRead() {
        recordsRead++;
    }

    /** @param storeWorks whether the last write succeeded */
    void reportIfDue(Map<TopicPartition, ReadPartition> partitions, TextBudget budget, boolean storeWorks) {
        long now = nanoTime.getAsLong();
        if (now - lastNanos < INTERVAL_NANOS) {
            return;
        }
        lastNanos = now;
        if (storeWorks && recordsRead > 0) {
            reportProgress();
        }
        long lag = partitions.keySet().stream()
                .mapToLong(each -> consumer.currentLag(each).orElse(0))
                .sum();
        int open = partitions.values().stream()
                .mapToInt(partition -> partition.open().size())
                .sum();
        metrics.state(lag, open, budget.heldChars());
    }

    private void reportProgress() {
        try {
            store.progressed(recordsRead);
            recordsRead = 0;
        } catch (RuntimeException e) {
            log.debug("The progress is not written: {}", e.getClass().getSimpleName());
        }
    }
}
