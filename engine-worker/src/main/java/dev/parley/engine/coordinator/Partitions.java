package dev.parley.engine.coordinator;

import dev.parley.engine.state.PartitionState;
import dev.parley.engine.state.TurnState;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.repeats.AskedIds;
import dev.parley.schema.repeats.IdHash;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The partitions at a coordinator, and where in them something is to be looked at. Not thread-safe. */
final class Partitions {
    private final PartitionState.Bounds bounds;
    private final IdHash hash;
    private final int mostIds;
    private final Map<Integer, PartitionContext> partitions = new HashMap<>();
    private final SequencedSet<SessionAt> touched = new LinkedHashSet<>();

    /** A session, and the partition that it is in. */
    record SessionAt(int partition, SessionKey session) {}

    /** @param mostIds of one partition */
    Partitions(PartitionState.Bounds bounds, IdHash hash, int mostIds) {
        this.hash = hash;
        this.bounds = bounds;
        this.mostIds = mostIds;
    }

    PartitionContext of(int partition) {
        return partitions.computeIfAbsent(
                partition, _ -> new PartitionContext(new PartitionState(bounds), new AskedIds(hash, mostIds)));
    }

    Collection<PartitionContext> all() {
        return partitions.values();
    }

    void forEach(BiConsumer<Integer, PartitionContext> visitor) {
        partitions.forEach(visitor);
    }

    /** Knows nothing more of what the log says of a partition. */
    void forget(int partition) {
        partitions.computeIfPresent(
                partition, (_, context) -> context.anew(new PartitionState(bounds), new AskedIds(hash, mostIds)));
    }

    void touch(int partition, SessionKey session) {
        touched.add(new SessionAt(partition, session));
    }

    /** All that is not done with. */
    void touchAll(int partition) {
        PartitionState state = of(partition).state;
        for (TurnState turn : state.unfinished()) {
            if (turn.command() != null) {
                touch(partition, turn.command().sessionKey());
            }
        }
        state.deletable().forEach(deletion -> touch(partition, deletion.session()));
    }

    /** Takes the next of what was touched out; null if nothing is left. */
    @Nullable
    SessionAt pollTouched() {
        return touched.isEmpty() ? null : touched.removeFirst();
    }
}
