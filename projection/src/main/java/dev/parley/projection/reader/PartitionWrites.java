package dev.parley.projection.reader;

import dev.parley.schema.id.StreamId;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.turn.Turn;
import dev.parley.store.write.TurnStore;
import dev.parley.store.write.TurnStore.Draft;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes all that is due of several partitions at once. */
final class PartitionWrites {

    private PartitionWrites() {}

    /**
     * Deletions are written first, because saved turns may have the ids of deleted ones. Turns come next, because only the store knows which
     * streams are discarded, and neither archives nor conversations may contain those.
     *
     * @return the turns that were written
     * @throws RuntimeException if the store does not answer or cannot write something. Nothing is lost then, and the call can be repeated
     */
    static List<Turn> write(Collection<ReadPartition> partitions, TurnStore store, long nowNanos) {
        Map<ReadPartition, List<Draft>> due = new IdentityHashMap<>();
        List<ConversationStep> steps = new ArrayList<>();
        for (ReadPartition partition : partitions) {
            due.put(partition, partition.drafts(nowNanos));
            steps.addAll(partition.steps());
        }
        deleteTurns(steps, store);
        List<Draft> drafts = due.values().stream().flatMap(List::stream).toList();
        Set<StreamId> discarded = drafts.isEmpty() ? Set.of() : store.save(drafts);
        archive(partitions, store, discarded);
        steps.removeIf(step -> isOfAny(discarded, step));
        if (!steps.isEmpty()) {
            store.apply(steps);
        }
        due.forEach((partition, saved) -> partition.written(saved, discarded, nowNanos));
        return drafts.stream().map(Draft::turn).toList();
    }

    private static void deleteTurns(List<ConversationStep> steps, TurnStore store) {
        List<ConversationStep.Deleted> deletions = steps.stream()
                .filter(ConversationStep.Deleted.class::isInstance)
                .map(ConversationStep.Deleted.class::cast)
                .toList();
        if (!deletions.isEmpty()) {
            store.deleteTurns(deletions);
        }
    }

    private static void archive(Collection<ReadPartition> partitions, TurnStore store, Set<StreamId> discarded) {
        List<StreamArchive> ended = new ArrayList<>();
        List<LateRecord> late = new ArrayList<>();
        for (ReadPartition partition : partitions) {
            ended.addAll(partition.archives());
            late.addAll(partition.late(discarded));
        }
        ended.removeIf(archive -> discarded.contains(archive.stream()));
        if (!ended.isEmpty() || !late.isEmpty()) {
            store.archive(ended, late);
        }
    }

    private static boolean isOfAny(Set<StreamId> streams, ConversationStep step) {
        return switch (step) {
            case ConversationStep.Opened opened -> streams.contains(opened.stream());
            case ConversationStep.Ended ended -> streams.contains(ended.stream());
            case ConversationStep.Deleted _ -> false;
        };
    }

    /** Called for what is skipped. */
    interface SkipListener<K> {

        /** @param offset of the record where it begins */
        void skipped(K partition, long offset, RuntimeException reason);
    }

    /**
     * As {@link #write}, but skips what can never be written, so that nothing else waits for it.
     *
     * @throws RuntimeException if the store does not answer
     */
    static <K> List<Turn> writeOrSkip(
            Map<K, ReadPartition> partitions, TurnStore store, long nowNanos, SkipListener<? super K> listener) {
        try {
            return write(partitions.values(), store, nowNanos);
        } catch (RuntimeException e) {
            if (SkippingTurnStore.isTransient(e)) {
                throw e;
            }
            List<Turn> written = new ArrayList<>();
            partitions.forEach((key, partition) -> {
                TurnStore skipping =
                        new SkippingTurnStore(store, (offset, reason) -> listener.skipped(key, offset, reason));
                written.addAll(write(List.of(partition), skipping, nowNanos));
            });
            return written;
        }
    }
}
