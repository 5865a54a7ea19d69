package dev.parley.projection.store;

import dev.parley.projection.turn.AppliedDeletion;
import dev.parley.projection.turn.ConversationStep;
import dev.parley.projection.turn.LateRecord;
import dev.parley.projection.turn.StreamArchive;
import dev.parley.projection.turn.Turn;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps turns and conversations. Several readers of the same partition may write at once, each its own fold of the log, one
 * behind the other; a reader may die anywhere, start again further back and write everything again. Whatever they do:
 *
 * <ul>
 *   <li>a turn in the store is the fold of the log up to its {@code last_offset}, and that never goes back;
 *   <li>a conversation is the fold of its steps up to its {@code last_offset}, and that never goes back, if every reader applies
 *       the steps in the order of the log and begins at or before the first that is not applied;
 *   <li>an archive is all that the log has of a stream to its end, and what came late is beside it;
 *   <li>what was forgotten does not come back, and its archive is gone.
 * </ul>
 *
 * <p>Each call is done completely, or throws; calling it again with the same is harmless then. Thread-safe.
 */
public interface TurnStore {

    /** Makes what is missing: collections and indexes. */
    void prepare();

    /**
     * Forgets the turns that began before each deletion, as {@link #apply} does; to be called first, for turns that are saved may bear the ids
     * of forgotten ones.
     */
    void forget(List<ConversationStep.Deleted> deletions);

    /**
     * Saves each turn, unless the store has the same state of it or a later one. A turn takes the place of a forgotten one of the same stream if
     * the writer of its start had folded the deletion.
     *
     * @param drafts at most one a stream
     * @return the streams of which the store has a turn with another start that stands: the draft never was
     */
    Set<StreamId> save(List<Draft> drafts);

    /** Applies, in this order, each step that its conversation does not have yet. */
    void apply(List<ConversationStep> steps);

    /**
     * Keeps each archive, unless it has one of the same stream that begins earlier or is the same; and adds to what came late of a stream
     * each record that is not there yet, and not in the archive: a reader that begins after the start of a stream that is over meets its last
     * records again. Nothing is kept of a stream whose turn is not in the store, or is forgotten: turns are to be saved before.
     */
    void archive(List<StreamArchive> ended, List<LateRecord> late);

    /** The deletions that conversations have taken in and that name their commands; nothing of a conversation without any. */
    Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions);

    /**
     * Notes that records were read, whatever is in them. What changes here tells readers of the store that the log goes on.
     *
     * @param records since the last call
     */
    default void progressed(long records) {}

    /**
     * @param over the {@code last_offset} of the state that this writer saved before, or {@link #NOTHING}: a hint that saves a
     *     round trip; what is in the store decides
     */
    record Draft(Turn turn, long over) {
        public static final long NOTHING = -1;
    }
}
