package dev.parley.engine.kafka;

import dev.parley.engine.state.LogPosition;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the checkpoints of this worker's partitions as they advance. If one is lost, the next worker only reads more. */
final class CheckpointWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final String workerId;
    private final Supplier<Map<Integer, LogPosition>> positions;
    private final Supplier<Map<Integer, Checkpoint>> newest;
    private final Function<Checkpoint, CompletableFuture<?>> append;
    private final Map<Integer, LogPosition> written = new HashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param positions of the partitions that this worker owns, as far as it knows them; from any thread
     * @param newest checkpoints of all workers; from any thread
     */
    CheckpointWriter(
            String workerId,
            Supplier<Map<Integer, LogPosition>> positions,
            Supplier<Map<Integer, Checkpoint>> newest,
            Function<Checkpoint, CompletableFuture<?>> append) {
        this.workerId = workerId;
        this.positions = positions;
        this.newest = newest;
        this.append = append;
    }

    @Override
    public void run() {
        try {
            while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    writeAdvanced();
                } catch (RuntimeException e) {
                    LOG.warn("Checkpoints were not written, trying again in {} s", EVERY.toSeconds(), e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeAdvanced() {
        positions.get().forEach((partition, position) -> {
            if (!position.equals(written.put(partition, position))) {
                write(partition, position, false);
            }
        });
    }

    private CompletableFuture<?> write(int partition, LogPosition position, boolean left) {
        return append.apply(new Checkpoint(partition, position.commands(), position.events(), workerId, left))
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        LOG.info(
                                "The checkpoint of partition {} was not written; the next one replaces it: {}",
                                partition,
                                failure.toString());
                    }
                });
    }

    /**
     * Writes the last checkpoints: this worker has left these partitions. If it does not know a position yet, it repeats that of the newest
     * checkpoint; if there is none, it writes nothing. Returns when the records are acknowledged, or after a bounded time.
     */
    void leave(Set<Integer> partitions, Duration bound) throws InterruptedException {
        closed.countDown();
        Map<Integer, LogPosition> known = new HashMap<>();
        newest.get().forEach((partition, checkpoint) -> known.put(partition, checkpoint.position()));
        known.putAll(positions.get());
        known.keySet().retainAll(partitions);
        CompletableFuture<?>[] appended = known.entrySet().stream()
                .map(each -> write(each.getKey(), each.getValue(), true))
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(appended).handle((_, _) -> null).get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("Other workers may learn late that this worker leaves: {}", e.toString());
        }
    }

    void close() {
        closed.countDown();
    }

    /** Whether it has been closed, or has written that this worker leaves. */
    boolean isClosed() {
        return closed.getCount() == 0;
    }
}
