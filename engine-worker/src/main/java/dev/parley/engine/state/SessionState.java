package dev.parley.engine.state;

import dev.parley.schema.event.StopReason;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A session: its turns in the order of their messages, and what was asked of it as a whole. Not thread-safe. */
final class SessionState {
    final List<TurnState> turns = new ArrayList<>();
    /** Offsets of deletions whose events are not in the log yet. */
    final List<Long> deletions = new ArrayList<>();
    /** Offsets of messages that may repeat a turn, while that is not known. */
    final TreeSet<Long> undecided = new TreeSet<>();
    /** The offset of the last command that interrupts what is before it. */
    long interruptedAt = -1;
    /** When this worker read the end of one of its turns; long ago if it read none. Monotonic times may be negative. */
    long changedAt = Long.MIN_VALUE;
    /** Whether it was deleted since the state began: what the store has of it may be older. */
    boolean deleted;

    boolean hasUnfinishedBefore(long commandOffset) {
        for (TurnState turn : turns) {
            if (turn.commandOffset < commandOffset && !turn.isOver()) {
                return true;
            }
        }
        return !undecided.isEmpty() && undecided.first() < commandOffset;
    }

    /** Whether a turn before a command is unfinished and known to be no repeat. */
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

    /** A command interrupts the turns before it. */
    void interrupt(long commandOffset, long now) {
        interruptedAt = Math.max(interruptedAt, commandOffset);
        for (TurnState turn : turns) {
            if (!turn.isOver() && turn.commandOffset < commandOffset) {
                turn.stop(StopReason.INTERRUPTED, now);
            }
        }
    }
}
