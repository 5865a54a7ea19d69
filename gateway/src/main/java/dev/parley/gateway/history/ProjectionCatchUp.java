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
 * Whether the store may lack something that was in the log when this gateway started. After a crash the projection needs a moment for
 * what it had not written, and until then a row that is not found may be one that exists. Once the projection has caught up with that
 * end, this is never asked again. Thread-safe.
 */
public final class ProjectionCatchUp implements AutoCloseable {

    private final Supplier<@Nullable Map<Integer, Long>> endsAtStart;
    private final ProjectionProgress progress;
    private volatile boolean caughtUp;

    /**
     * @param endsAtStart where each partition of {@code chat.events} ended when this gateway started; null until that is known
     * @param positions of the projection
     * @param interval between two questions for them
     */
    public ProjectionCatchUp(
            Supplier<@Nullable Map<Integer, Long>> endsAtStart,
            ProjectionProgress.Source positions,
            Duration interval,
            RequiredThreads required) {
        this.endsAtStart = endsAtStart;
        this.progress = new ProjectionProgress(positions, interval, this::wantsToKnow).neededBy(required);
    }

    public void start() {
        progress.start();
    }

    /** Whether what the store does not have of a user may exist all the same. */
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

    private boolean wantsToKnow() {
        return endsAtStart.get() != null && !hasCaughtUp();
    }

    @Override
    public void close() {
        progress.close();
    }
}
