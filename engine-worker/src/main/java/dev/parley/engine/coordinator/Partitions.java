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

/** The partitions of a coordinator, and the sessions in them that changed since they were looked at. Not thread-safe. */
final class Partitions {
    private final PartitionState.Bounds bounds;
    private final IdHash hash;
    private final int mostIds;
    private final Map<Integer, PartitionContext> contexts = new HashMap<>();
    private final SequencedSet<SessionAt> changed = new LinkedHashSet<>();

    /** A session and its partition. */
    record SessionAt(int partition, SessionKey session) {}

    /** @param mostIds of one partition */
    Partitions(PartitionState.Bounds bounds, IdHash hash, int mostIds) {
        this.bounds = bounds;
        this.hash = hash;
        this.mostIds = mostIds;
    }

    PartitionContext of(int partition) {
        return contexts.computeIfAbsent(
                partition, _ -> new PartitionContext(new PartitionState(bounds), new AskedIds(hash, mostIds)));
    }

    Collection<PartitionContext> all() {
        return contexts.values();
    }

    void forEach(BiConsumer<Integer, PartitionContext> visitor) {
        contexts.forEach(visitor);
    }

    /** Forgets what the log says of a partition. */
    void forget(int partition) {
        contexts.computeIfPresent(
                partition, (_, context) -> context.anew(new PartitionState(bounds), new AskedIds(hash, mostIds)));
    }

    /** The session is to be looked at. */
    void changed(int partition, SessionKey session) {
        changed.add(new SessionAt(partition, session));
    }

    /** All sessions of the partition that have anything unfinished are to be looked at. */
    void allChanged(int partition) {
        PartitionState state = of(partition).state;
        for (TurnState turn : state.unfinished()) {
            if (turn.command() != null) {
                changed(partition, turn.command().sessionKey());
            }
        }
        state.deletable().forEach(deletion -> changed(partition, deletion.session()));
    }

    /** Takes the next session to look at; null if there is none. */
    @Nullable
    SessionAt pollChanged() {
        return changed.isEmpty() ? null : changed.removeFirst();
    }
}
