package dev.parley.engine.coordinator;

import dev.parley.engine.state.LogPosition;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** How far a coordinator is: what it has read, what is unfinished, and from where others may go on. Not thread-safe. */
public final class Progress {
    private final Partitions partitions;
    private final ActiveStreams activeStreams;
    private final Scheduler scheduler;

    Progress(Partitions partitions, ActiveStreams activeStreams, Scheduler scheduler) {
        this.partitions = partitions;
        this.activeStreams = activeStreams;
        this.scheduler = scheduler;
    }

    /** Whether all that was in these partitions when they began to be read is known. */
    public boolean isCaughtUp(Set<Integer> wanted) {
        return wanted.stream().allMatch(partition -> partitions.of(partition).isCaughtUp());
    }

    /** The partitions that the group gives to this worker. */
    public Set<Integer> owned() {
        Set<Integer> owned = new HashSet<>();
        partitions.forEach((partition, context) -> {
            if (context.role.isOwner()) {
                owned.add(partition);
            }
        });
        return Set.copyOf(owned);
    }

    /** Streams that this worker writes. */
    public int running() {
        return activeStreams.size();
    }

    /** Streams that could run if there were room. */
    public int waiting() {
        return scheduler.waiting();
    }

    /** Messages that are not answered yet, whatever they wait for. */
    public int unfinished() {
        return partitions.all().stream()
                .mapToInt(context -> context.state.unfinished().size())
                .sum();
    }

    /** Their text, in UTF-16 units. */
    public long unfinishedChars() {
        return partitions.all().stream()
                .mapToLong(context -> context.state.unfinishedChars())
                .sum();
    }

    /** For how long this worker has known the oldest message of its own partitions that no worker has started; zero without one. */
    public Duration oldestNotStarted(long now) {
        long oldest = now;
        for (PartitionContext context : partitions.all()) {
            if (context.role.isOwner() && context.isCaughtUp()) {
                oldest = Math.min(oldest, context.state.oldestNotStarted().orElse(now));
            }
        }
        return Duration.ofNanos(now - oldest);
    }

    /** Of each owned partition the offset below which no command asks for anything. */
    public Map<Integer, Long> done() {
        Map<Integer, Long> done = new HashMap<>();
        partitions.forEach((partition, context) -> {
            if (context.role.isOwner() && context.isCaughtUp()) {
                done.put(partition, context.done());
            }
        });
        return done;
    }

    /**
     * Of each owned partition the position from which another worker must read to know what this one does.
     *
     * @param current whether commands are read as they come
     */
    public Map<Integer, LogPosition> checkpoints(boolean current, long now) {
        Map<Integer, LogPosition> positions = new HashMap<>();
        partitions.forEach((partition, context) -> {
            if (context.role.isOwner() && context.isCaughtUp()) {
                positions.put(partition, context.checkpoint(current, now));
            }
        });
        return positions;
    }
}
