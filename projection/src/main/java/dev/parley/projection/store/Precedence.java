package dev.parley.projection.store;

import dev.parley.projection.turn.Turn;

/**
 * Which of two states of a turn stands: the one that is in the store, or one that a reader has folded. By the offsets of their starts and by
 * what the writers of the starts had folded, so every reader finds the same, however far behind it is.
 */
enum Precedence {

    /** The reader's: it goes further, its start is the earlier one, or it began after the deletion of the stored one. */
    REPLACES,
    /** The stored one, whose start is another: the reader's is that of a writer that came second, or was deleted before the stored one began. */
    NEVER_WAS,
    /** The stored one, which has all that the reader's has. */
    KNOWN;

    /**
     * A turn as the store has it.
     *
     * @param first offset of its start
     * @param last offset of the record that changed it last; of a deleted one, the deletion
     * @param folded as in {@link Turn.Trace}
     */
    record Stored(long first, long last, long folded, boolean deleted) {}

    static Precedence of(Turn turn, Stored stored) {
        long first = turn.trace().firstOffset();
        if (stored.first() < first) {
            return stored.deleted() && turn.trace().folded() >= stored.last() ? REPLACES : NEVER_WAS;
        }
        if (stored.first() > first) {
            return stored.folded() >= first ? NEVER_WAS : REPLACES;
        }
        return stored.last() < turn.trace().lastOffset() ? REPLACES : KNOWN;
    }
}
