package dev.parley.store.write;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.turn.Turn;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stores turns, conversations and archives. Several readers of the same partition may write at once, each its own fold of the log, one behind
 * the other; a reader may die at any point, start again further back and write everything again. In all these cases:
 *
 * <ul>
 *   <li>a turn in the store is the fold of the log up to its {@code last_offset}, which never decreases;
 *   <li>a conversation is the fold of its steps up to its {@code last_offset}, which never decreases, if every reader applies the steps in
 *       the order of the log and begins at or before the first one that is not applied;
 *   <li>an archive contains all records of a stream up to its end, and the late ones are kept beside it;
 *   <li>a deleted turn is not written again, and its archive is deleted with it.
 * </ul>
 *
 * <p>Each call is done completely, or throws; then it can be repeated. Thread-safe.
 */
public interface TurnStore {

    /** Creates the collections and indexes that are missing. */
    void prepare();

    /**
     * Deletes the turns that began before each deletion, as {@link #apply} does. To be called before {@link #save}, because saved turns may
     * have the ids of deleted ones.
     */
    void deleteTurns(List<ConversationStep.Deleted> deletions);

    /**
     * Saves each turn, unless the store has the same state of it or a later one. A turn replaces a deleted one of the same stream if the writer
     * of its start had folded the deletion.
     *
     * @param drafts one a stream at most
     * @return the streams whose drafts are discarded, because the store has a turn with another start that counts
     */
    Set<StreamId> save(List<Draft> drafts);

    /** Applies, in this order, each step that its conversation does not have yet. */
    void apply(List<ConversationStep> steps);

    /**
     * Stores each archive, unless the store has one of the same stream that begins earlier or is the same. Adds each late record, unless the
     * store has it, or the archive does: a reader that begins after the start of a finished stream reads the last records of the archive again.
     * Nothing is stored of a stream whose turn is deleted or not in the store, so turns are saved before.
     */
    void archive(List<StreamArchive> ended, List<LateRecord> late);

    /** The deletions that were applied to the conversations and name their commands. Conversations without any may be absent. */
    Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions);

    /**
     * Counts records that were read, so that readers of the store can see whether a projection reads the log.
     *
     * @param records since the last call
     */
    default void progressed(long records) {}

    /**
     * A turn to save.
     *
     * @param lastSaved the {@code last_offset} of the state that this writer saved last, or {@link #NONE}. A hint that saves a round trip: what
     *     is in the store decides
     */
    record Draft(Turn turn, long lastSaved) {
        public static final long NONE = -1;
    }
}
