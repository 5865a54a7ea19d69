package dev.parley.projection.reader;

import dev.parley.projection.turn.LogRecord;
import dev.parley.projection.turn.PartitionFold;
import dev.parley.projection.turn.PartitionFold.Reading;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.turn.Turn;
import dev.parley.store.write.TurnStore.Draft;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A partition of a reader: its fold, how far it was read, how far it is written, and where another reader has to begin. Not thread-safe.
 */
final class ReadPartition {

    private final PartitionFold fold;
    private final WritePolicy policy;
    private final long begin;
    private final long readBeforeTo;
    private long position;
    private long restartAt;
    private long writtenTo;

    /**
     * @param position where reading begins
     * @param readBeforeTo the offset up to which an earlier reader has counted records and sent dead letters
     */
    ReadPartition(long position, long readBeforeTo, PartitionFold fold, WritePolicy policy) {
        this.begin = position;
        this.readBeforeTo = readBeforeTo;
        this.position = position;
        this.restartAt = position;
        this.writtenTo = Math.max(position, readBeforeTo);
        this.fold = fold;
        this.policy = policy;
    }

    Reading read(LogRecord record) {
        position = record.position().offset() + 1;
        return fold.read(record);
    }

    /** Passes a record whose key or headers cannot be read. */
    void skip(long offset) {
        position = offset + 1;
    }

    /**
     * The session whose stored deletions must be given to {@link #knowDeletions} before the record is read, or null. A deletion that names its
     * command may repeat a stored one; the writer of a start may not have known of one before the offset where this reader began.
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

    /** Whether an earlier reader has counted a record, and has sent it to the dead letters if it cannot be read. */
    boolean wasReadBefore(long offset) {
        return offset < readBeforeTo;
    }

    /** Where another reader has to begin: at the oldest turn that was unfinished when all was written last. */
    long restartAt() {
        return restartAt;
    }

    /** All records before this offset are in the store, or belong to unfinished turns. */
    long writtenTo() {
        return writtenTo;
    }

    Collection<Turn> open() {
        return fold.open();
    }

    /** The turns to write: finished ones, and unfinished ones for which it is time. */
    List<Draft> drafts(long nowNanos) {
        List<Draft> drafts = new ArrayList<>();
        fold.over().forEach(turn -> drafts.add(policy.draft(turn)));
        for (Turn turn : fold.open()) {
            if (policy.isDue(turn, nowNanos)) {
                drafts.add(policy.draft(turn));
            }
        }
        return drafts;
    }

    List<ConversationStep> steps() {
        return fold.steps();
    }

    Collection<StreamArchive> archives() {
        return fold.archives();
    }

    /** The late records, and all records of the discarded streams. */
    List<LateRecord> late(Set<StreamId> discarded) {
        List<LateRecord> late = new ArrayList<>(fold.late());
        discarded.forEach(stream -> late.addAll(fold.lateOf(stream)));
        return late;
    }

    /** To be called when the drafts and all steps, archives and late records are in the store. */
    void written(List<Draft> drafts, Set<StreamId> discarded, long nowNanos) {
        drafts.forEach(draft -> policy.written(draft.turn(), nowNanos));
        for (StreamId stream : discarded) {
            fold.discard(stream);
            policy.remove(stream);
        }
        fold.written();
        restartAt = fold.restartAt(position);
        writtenTo = Math.max(writtenTo, position);
    }

    /** Releases its memory. */
    void close() {
        fold.close();
    }
}
