package dev.parley.gateway.history;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.service.kafka.ProjectionProgress;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the store may lack data that was in the log when this gateway started. After a crash the projection first writes what it had not
 * written; until then, a document that is not found may be one that is to come. Once the projection has reached the end that the log had at the
 * start, it is not checked again. Thread-safe.
 */
public final class ProjectionCatchUp implements AutoCloseable {

    private final Supplier<@Nullable Map<Integer, Long>> endsAtStart;
    private final ProjectionProgress progress;
    private volatile boolean caughtUp;

    /**
     * @param endsAtStart the end of each partition of {@code chat.events} when this gateway started; null until they are known
     * @param positions of the projection
     * @param interval between two reads of them
     */
    public ProjectionCatchUp(
            Supplier<@Nullable Map<Integer, Long>> endsAtStart,
            ProjectionProgress.Source positions,
            Duration interval,
            RequiredThreads required) {
        this.endsAtStart = endsAtStart;
        this.progress = new ProjectionProgress(positions, interval, this::isNeeded).neededBy(required);
    }

    public void start() {
        progress.start();
    }

    /** Whether the store may lack data of a user that is in the log. */
    public boolean isBehind(UserId user) {
        if (hasCaughtUp()) {
            return false;
        }
        Map<Integer, Long> ends = endsAtStart.get();
        if (ends == null || ends.isEmpty()) {
            return true;
        }
        int partition = RecordKey.partition(user, ends.size());
        return !progress.hasReached(Map.of(partition, ends.getOrDefault(partition, 0L)));
    }

    private boolean hasCaughtUp() {
        if (!caughtUp) {
            Map<Integer, Long> ends = endsAtStart.get();
            caughtUp = ends != null && !ends.isEmpty() && progress.hasReached(ends);
        }
        return caughtUp;
    }

    private boolean isNeeded() {
        return endsAtStart.get() != null && !hasCaughtUp();
    }

    @Override
    public void close() {
        progress.close();
    }
}
