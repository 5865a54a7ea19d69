package dev.parley.engine.view;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A conversation: its messages in the order in which they were asked. */
final class SessionView {
    final List<TurnView> turns = new ArrayList<>();
    /** Offsets of deletions that nobody has written yet. */
    final List<Long> deletions = new ArrayList<>();
    /** When a turn of it ended, as this worker saw it; long ago if none did. Monotonic times may be negative. */
    long changedAt = Long.MIN_VALUE;
    /** Whether it was deleted since the view began: nothing older than the view may be used. */
    boolean deleted;

    boolean hasUnfinishedBefore(long commandOffset) {
        for (TurnView turn : turns) {
            if (turn.commandOffset < commandOffset && !turn.isOver()) {
                return true;
            }
        }
        return false;
    }

    boolean hasDeletionBefore(long commandOffset) {
        return deletions.stream().anyMatch(deletion -> deletion < commandOffset);
    }

    /** The command of the last deletion that nobody has written yet; null if there is none. */
    @Nullable
    Long lastDeletion() {
        return deletions.isEmpty() ? null : deletions.getLast();
    }

    boolean isIdle() {
        return deletions.isEmpty() && turns.stream().allMatch(TurnView::isOver);
    }
}
