package dev.parley.engine.state;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A conversation: its messages in the order in which they were asked. */
final class SessionState {
    final List<TurnState> turns = new ArrayList<>();
    /** Offsets of deletions whose events are not in the log yet. */
    final List<Long> deletions = new ArrayList<>();
    /** Offsets of messages that may repeat a turn of which that is not known yet. */
    final TreeSet<Long> undecided = new TreeSet<>();
    /** The offset of the last message that interrupts what is before it. */
    long interruptedAt = -1;
    /** When a turn of it ended, as this worker saw it; long ago if none did. Monotonic times may be negative. */
    long changedAt = Long.MIN_VALUE;
    /** Whether it was deleted since the state began: nothing older than the state may be used. */
    boolean deleted;

    boolean hasUnfinishedBefore(long commandOffset) {
        for (TurnState turn : turns) {
            if (turn.commandOffset < commandOffset && !turn.isOver()) {
                return true;
            }
        }
        return !undecided.isEmpty() && undecided.first() < commandOffset;
    }

    /** Whether something that is known not to be a repeat is under way. */
    boolean isBusyBefore(long commandOffset) {
        return turns.stream()
                .anyMatch(turn -> turn.commandOffset < commandOffset && !turn.isOver() && !turn.isUndecided());
    }

    boolean hasDeletionBefore(long commandOffset) {
        return deletions.stream().anyMatch(deletion -> deletion < commandOffset);
    }

    boolean hasDeletionAfter(long commandOffset) {
        return deletions.stream().anyMatch(deletion -> deletion > commandOffset);
    }

    /** The last deletion before the command at this offset, of those whose events are not in the log yet; null if there is none. */
    @Nullable
    Long lastDeletionBefore(long commandOffset) {
        Long last = null;
        for (Long deletion : deletions) {
            last = deletion < commandOffset ? deletion : last;
        }
        return last;
    }

    boolean isIdle() {
        return deletions.isEmpty() && undecided.isEmpty() && turns.stream().allMatch(TurnState::isOver);
    }
}
