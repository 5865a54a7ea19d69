package dev.parley.store.write;

import dev.parley.schema.log.Entry;
import dev.parley.store.document.Fields;
import dev.parley.store.document.TurnStatus;
import dev.parley.store.turn.Turn;
import java.util.Objects;
import org.bson.Document;

/**
 * Which of two states of a turn stays: the one in the store, or the one that a reader has folded. It depends on the offsets of their starts and
 * on what the writers of the starts had folded, so all readers come to the same result, however far behind they are.
 */
enum Precedence {

    /** The reader's: it is later, its start is the earlier one, or it began after the deletion of the stored one. */
    REPLACES,
    /** The stored one, which has another start: the reader's start came second, or was deleted before the stored one began. */
    DISCARDED,
    /** The stored one, which is the same or later. */
    KNOWN;

    /**
     * The state of a turn in the store.
     *
     * @param first offset of its start
     * @param last offset of the record that changed it last; of a deleted one, of the deletion
     * @param folded as in {@link Turn.Trace}
     */
    record Stored(long first, long last, long folded, boolean deleted) {

        static Stored of(Document turn) {
            return new Stored(
                    turn.getLong(Fields.FIRST_OFFSET),
                    turn.getLong(Fields.LAST_OFFSET),
                    Objects.requireNonNullElse(turn.getLong(Fields.FOLDED_OFFSET), Entry.Start.NOT_STATED),
                    TurnStatus.DELETED.isOf(turn));
        }
    }

    static Precedence of(Turn turn, Stored stored) {
        long first = turn.trace().firstOffset();
        if (stored.first() < first) {
            return stored.deleted() && turn.trace().folded() >= stored.last() ? REPLACES : DISCARDED;
        }
        if (stored.first() > first) {
            return stored.folded() >= first ? DISCARDED : REPLACES;
        }
        return stored.last() < turn.trace().lastOffset() ? REPLACES : KNOWN;
    }
}
