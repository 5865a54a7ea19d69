package dev.parley.engine.kafka;

import dev.parley.engine.coordinator.StoreAnswer;
import dev.parley.engine.coordinator.StreamStore;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.kafka.ProjectionProgress;
import dev.parley.service.logging.RateLimitedLog;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the store for streams that may be older than the log, when the projection is far enough to know them. Thread-safe. */
final class StoreLookup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreLookup.class);
    private static final RateLimitedLog WARNINGS = RateLimitedLog.warnings(LOG);
    private static final Duration PROGRESS_EVERY = Duration.ofMillis(500);
    /** For so long after a question the projection's progress is kept up to date for the next one. */
    private static final Duration NEEDED_FOR = Duration.ofMinutes(1);

    private final StreamStore store;
    private final ProjectionProgress progress;
    private final AtomicInteger questions = new AtomicInteger();
    private volatile long askedAt = System.nanoTime();

    StoreLookup(StreamStore store, ProjectionProgress.Source projection, RequiredThreads required) {
        this.store = store;
        this.progress = new ProjectionProgress(projection, PROGRESS_EVERY, this::isNeeded).neededBy(required);
    }

    void start() {
        progress.start();
    }

    private boolean isNeeded() {
        return questions.get() > 0 || System.nanoTime() - askedAt < NEEDED_FOR.toNanos();
    }

    /**
     * Blocks within a bound.
     *
     * @param events all events of the partition before this offset must be in the store for its answer to count
     */
    StoreAnswer find(int partition, StreamId stream, long events) {
        askedAt = System.nanoTime();
        questions.incrementAndGet();
        try {
            return hasReached(partition, events) ? find(stream) : new StoreAnswer.Unknown();
        } finally {
            questions.decrementAndGet();
        }
    }

    private boolean hasReached(int partition, long events) {
        if (progress.hasReached(Map.of(partition, events))) {
            return true;
        }
        WARNINGS.log(
                "projection",
                "Messages wait: the projection is behind offset {} of partition {} of {}, so the store may not know their ids yet. They start when it has caught up",
                events,
                partition,
                Topics.EVENTS);
        return false;
    }

    private StoreAnswer find(StreamId stream) {
        try {
            return store.find(stream);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new StoreAnswer.Unknown();
        } catch (RuntimeException e) {
            WARNINGS.log(
                    "store",
                    "Messages wait: only the store can tell whether their ids are new, and it does not answer ({}). They start when it does",
                    String.valueOf(e.getMessage()));
            return new StoreAnswer.Unknown();
        }
    }

    @Override
    public void close() {
        progress.close();
    }
}
