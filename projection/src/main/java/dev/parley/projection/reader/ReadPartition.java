package dev.parley.projection.reader;

import dev.parley.projection.store.OneByOne;
import dev.parley.projection.store.TurnStore;
import dev.parley.projection.store.TurnStore.Draft;
import dev.parley.projection.turn.AppliedDeletion;
import dev.parley.projection.turn.ConversationStep;
import dev.parley.projection.turn.LateRecord;
import dev.parley.projection.turn.LogRecord;
import dev.parley.projection.turn.PartitionFold;
import dev.parley.projection.turn.PartitionFold.Reading;
import dev.parley.projection.turn.StreamArchive;
import dev.parley.projection.turn.Turn;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A partition that this reader has: what was read, what of it is written, and from where another reader could go on. Not
 * thread-safe.
 */
final class ReadPartition {

    private final PartitionFold fold;
    private final Pacing pacing;
    private final long begin;
    private final long buriedTo;
    private long position;
    private long restartAt;
    private long writtenTo;

    /**
     * @param position where reading begins
     * @param buriedTo before this offset, a reader before this one has sent away what cannot be read
     */
    ReadPartition(long position, long buriedTo, PartitionFold fold, Pacing pacing) {
        this.begin = position;
        this.buriedTo = buriedTo;
        this.position = position;
        this.restartAt = position;
        this.writtenTo = Math.max(position, buriedTo);
        this.fold = fold;
        this.pacing = pacing;
    }

    Reading read(LogRecord record) {
        position = record.place().offset() + 1;
        return fold.read(record);
    }

    /**
     * The session whose deletions this reader must know of before it reads the record; null if there is none. Of a deletion that names its
     * command, and of a start whose writer may not have known of a deletion before where this reader began.
     */
    @Nullable
    SessionKey dependsOnDeletions(EventHead record) {
        return switch (record) {
            case EventHead.OfSession(SessionKey session, Long command, Long _) when command != null -> session;
            case EventHead.OfStream(SessionKey session, var _, var _, Entry.Start start)
            when start.statesFolded() && start.folded() < begin - 1 -> session;
            case EventHead.OfSession _, EventHead.OfStream _, EventHead.Unreadable _ -> null;
        };
    }

    /** See {@link PartitionFold#knowDeletions}. */
    void knowDeletions(SessionKey session, List<AppliedDeletion> stored) {
        fold.knowDeletions(session, stored);
    }

    /** A record that is none of the log's. */
    void passOver(long offset) {
        position = offset + 1;
    }

    /**
     * Where a reader has to begin that takes over: at the oldest turn under way when all was written last, so nothing that is
     * not in the store lies before it.
     */
    long restartAt() {
        return restartAt;
    }

    /** Whether a reader before this one had read a record already: sent it away if it cannot be read, and counted it. */
    boolean wasRead(long offset) {
        return offset < buriedTo;
    }

    /** Everything before this offset is in the store, or is under way. */
    long writtenTo() {
        return writtenTo;
    }

    /** Another reader has the partition now. */
    void discard() {
        fold.discard();
    }

    Collection<Turn> open() {
        return fold.open();
    }

    /**
     * Writes all that is due of several partitions at once. What is deleted goes first, for its ids may be taken anew. Then turns: only the store knows of a start that is none, and then
     * its conversation must not hear of it. Throws if the store is away; nothing is lost then, and writing again is harmless.
     *
     * @return the turns that were written
     */
    static List<Turn> write(Collection<ReadPartition> partitions, TurnStore store, long nowNanos) {
        Map<ReadPartition, List<Draft>> due = new IdentityHashMap<>();
        List<ConversationStep> steps = new ArrayList<>();
        for (ReadPartition partition : partitions) {
            due.put(partition, partition.drafts(nowNanos));
            steps.addAll(partition.fold.steps());
        }
        List<ConversationStep.Deleted> deletions = steps.stream()
                .filter(ConversationStep.Deleted.class::isInstance)
                .map(ConversationStep.Deleted.class::cast)
                .toList();
        if (!deletions.isEmpty()) {
            store.forget(deletions);
        }
        List<Draft> drafts = due.values().stream().flatMap(List::stream).toList();
        Set<StreamId> neverWere = drafts.isEmpty() ? Set.of() : store.save(drafts);
        archive(partitions, store, neverWere);
        steps.removeIf(step -> isOfAny(neverWere, step));
        if (!steps.isEmpty()) {
            store.apply(steps);
        }
        due.forEach((partition, its) -> partition.written(its, neverWere, nowNanos));
        return drafts.stream().map(Draft::turn).toList();
    }

    /** Told of what can never be written. */
    interface Unwritable<K> {

        /** @param offset of the record where it begins */
        void passedOver(K partition, long offset, RuntimeException why);
    }

    /**
     * As {@link #write}; but what can never be written is passed over, and keeps nothing else waiting.
     *
     * @throws RuntimeException if the store is away
     */
    static <K> List<Turn> writeWhatCanBe(
            Map<K, ReadPartition> partitions, TurnStore store, long nowNanos, Unwritable<? super K> unwritable) {
        try {
            return write(partitions.values(), store, nowNanos);
        } catch (RuntimeException e) {
            if (OneByOne.mayPass(e)) {
                throw e;
            }
            List<Turn> written = new ArrayList<>();
            partitions.forEach((key, partition) -> {
                OneByOne each = new OneByOne(store, (offset, why) -> unwritable.passedOver(key, offset, why));
                written.addAll(write(List.of(partition), each, nowNanos));
            });
            return written;
        }
    }

    private static void archive(Collection<ReadPartition> partitions, TurnStore store, Set<StreamId> neverWere) {
        List<StreamArchive> ended = new ArrayList<>();
        List<LateRecord> late = new ArrayList<>();
        for (ReadPartition partition : partitions) {
            ended.addAll(partition.fold.archives());
            late.addAll(partition.fold.late());
            neverWere.forEach(stream -> late.addAll(partition.fold.lateOf(stream)));
        }
        ended.removeIf(archive -> neverWere.contains(archive.stream()));
        if (!ended.isEmpty() || !late.isEmpty()) {
            store.archive(ended, late);
        }
    }

    private List<Draft> drafts(long nowNanos) {
        List<Draft> drafts = new ArrayList<>();
        for (Turn turn : fold.over()) {
            drafts.add(new Draft(turn, pacing.writtenTo(turn.stream())));
        }
        for (Turn turn : fold.open()) {
            if (pacing.isDue(turn, nowNanos)) {
                drafts.add(new Draft(turn, pacing.writtenTo(turn.stream())));
            }
        }
        return drafts;
    }

    private void written(List<Draft> drafts, Set<StreamId> neverWere, long nowNanos) {
        drafts.forEach(draft -> pacing.wrote(draft.turn(), nowNanos));
        for (StreamId stream : neverWere) {
            fold.disown(stream);
            pacing.forget(stream);
        }
        fold.written();
        restartAt = fold.restartAt(position);
        writtenTo = Math.max(writtenTo, position);
    }

    private static boolean isOfAny(Set<StreamId> streams, ConversationStep step) {
        return switch (step) {
            case ConversationStep.Opened opened -> streams.contains(opened.stream());
            case ConversationStep.Ended ended -> streams.contains(ended.stream());
            case ConversationStep.Deleted _ -> false;
        };
    }
}
