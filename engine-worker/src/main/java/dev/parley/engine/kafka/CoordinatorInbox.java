package dev.parley.engine.kafka;

import dev.parley.engine.coordinator.Coordinator;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks for the coordinator's thread, in the order in which they came. What is read of the log waits here within a bound. Thread-safe. */
final class CoordinatorInbox {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorInbox.class);
    /**
     * Of records that were read and not folded yet: enough for the coordinator to go on while more are read, and no more. What waits longer
     * than young objects live grows old in the heap, and then a worker that catches up does little but collect garbage.
     */
    private static final int MAX_INTAKE_KIB = 4 * 1024;

    /** What a record takes beside its key and value: its headers are objects. Measured: 2.3 KB in all for a chunk of an answer. */
    private static final int RECORD_BYTES = 2_048;

    private final LongSupplier nanos;
    private final LinkedBlockingQueue<Consumer<Coordinator>> tasks = new LinkedBlockingQueue<>();
    private final Semaphore intakeKib = new Semaphore(MAX_INTAKE_KIB, true);

    /** Gives one record to the coordinator. */
    interface Reading {
        void read(Coordinator coordinator, ConsumerRecord<String, byte[]> record, long now);
    }

    /** @param nanos monotonic */
    CoordinatorInbox(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Never waits. For tasks of which there is a bounded number per stream. */
    void execute(Consumer<Coordinator> task) {
        tasks.add(task);
    }

    /** For records of the log; waits while the coordinator is far behind. */
    void read(Iterable<ConsumerRecord<String, byte[]>> batch, Reading reading) throws InterruptedException {
        int kib = kib(batch);
        intakeKib.acquire(kib);
        tasks.add(coordinator -> {
            try {
                batch.forEach(record -> read(coordinator, record, reading));
            } finally {
                intakeKib.release(kib);
            }
        });
    }

    /** What a batch takes; one that is larger than the bound is let in alone. */
    private static int kib(Iterable<ConsumerRecord<String, byte[]>> batch) {
        long bytes = 0;
        for (ConsumerRecord<String, byte[]> record : batch) {
            bytes += RECORD_BYTES + Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        }
        return Math.toIntExact(Math.min(bytes / 1_024 + 1, MAX_INTAKE_KIB));
    }

    /** A record that makes the coordinator fail does not hold up the rest. */
    private void read(Coordinator coordinator, ConsumerRecord<String, byte[]> record, Reading reading) {
        try {
            reading.read(coordinator, record, nanos.getAsLong());
        } catch (RuntimeException e) {
            LOG.error(
                    "Unexpected error while folding record {}-{}@{}; the record is skipped",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e);
        }
    }

    /** The next task; null if there is none. */
    @Nullable
    Consumer<Coordinator> poll() {
        return tasks.poll();
    }

    /** The next task; null if none comes in this time. */
    @Nullable
    Consumer<Coordinator> poll(long waitNanos) throws InterruptedException {
        return tasks.poll(waitNanos, TimeUnit.NANOSECONDS);
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** What was read and is not folded yet. */
    int unreadKib() {
        return MAX_INTAKE_KIB - intakeKib.availablePermits();
    }
}
