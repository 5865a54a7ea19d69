package dev.parley.engine.state;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.StreamLog;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * The turns of a partition by their ids. Turns that have neither a message nor events would gather without end, so their number is bounded:
 * those that were stopped before their message came, and those of which only a deletion is known. Not thread-safe.
 */
final class Turns {
    private final int maxEarlyStops;
    private final Map<StreamId, TurnState> byId = new HashMap<>();
    private final Map<StreamId, TurnState> stoppedEarly = new LinkedHashMap<>();
    /** Turns of which nothing is known but that an earlier stream of their id was deleted, or cannot be judged. */
    private final SequencedSet<StreamId> blank = new LinkedHashSet<>();

    /** @param maxEarlyStops of turns that were stopped before their message came, and of blank ones */
    Turns(int maxEarlyStops) {
        this.maxEarlyStops = maxEarlyStops;
    }

    @Nullable
    TurnState find(StreamId id) {
        return byId.get(id);
    }

    TurnState of(StreamId id) {
        return byId.computeIfAbsent(id, TurnState::new);
    }

    /** The last of the turns that share an id: the others wait for their session's deletion. */
    TurnState last(StreamId id) {
        TurnState turn = of(id);
        while (turn.next != null) {
            turn = turn.next;
        }
        return turn;
    }

    /** Whether the turn is the first of those that share its id, the one that events are about. */
    boolean isCurrent(TurnState turn) {
        return byId.get(turn.id()) == turn;
    }

    /** Makes the turn the one that events are about. */
    void makeCurrent(TurnState turn) {
        byId.put(turn.id(), turn);
    }

    /** The current turns of a session. */
    List<TurnState> ofSession(SessionKey key) {
        return byId.values().stream().filter(turn -> key.equals(turn.session)).toList();
    }

    /** Forgets a turn; the next turn of the same id takes its place. */
    void forget(StreamId id) {
        TurnState forgotten = byId.remove(id);
        if (forgotten != null && forgotten.next != null) {
            byId.put(id, forgotten.next);
        }
    }

    /** More than a deletion is known of the turn. */
    void notBlank(StreamId id) {
        blank.remove(id);
    }

    /** The turn's message came. */
    void messageCame(StreamId id) {
        blank.remove(id);
        stoppedEarly.remove(id);
    }

    /** A stop came before the turn's message. Past the bound the oldest such turn is forgotten. */
    void addEarlyStop(TurnState turn) {
        stoppedEarly.put(turn.id(), turn);
        if (stoppedEarly.size() > maxEarlyStops) {
            Iterator<TurnState> oldest = stoppedEarly.values().iterator();
            TurnState dropped = oldest.next();
            byId.remove(dropped.id(), dropped);
            oldest.remove();
        }
    }

    /** The turn's early stop counts no more. */
    void removeEarlyStop(TurnState turn) {
        stoppedEarly.remove(turn.id(), turn);
    }

    /** Forgets the early stops that name a session and came before the command that deletes it. */
    void forgetEarlyStops(SessionKey key, long before) {
        stoppedEarly.values().removeIf(turn -> {
            boolean deleted = key.equals(turn.earlyStopSession) && turn.earlyStopOffset < before;
            if (deleted) {
                turn.stop = null;
                turn.earlyStopSession = null;
                turn.earlyStopOffset = TurnState.UNKNOWN;
                dropIfBlank(turn);
            }
            return deleted;
        });
    }

    /** Forgets a blank turn, at once or when there are too many. */
    void dropIfBlank(TurnState turn) {
        if (turn.isBlank() && turn.next == null && isCurrent(turn)) {
            if (turn.log instanceof StreamLog.NotStarted) {
                byId.remove(turn.id());
            } else {
                addBlank(turn);
            }
        }
    }

    private void addBlank(TurnState turn) {
        blank.add(turn.id());
        if (blank.size() > Math.max(1, maxEarlyStops)) {
            StreamId oldest = blank.removeFirst();
            TurnState dropped = byId.get(oldest);
            if (dropped != null && dropped.isBlank()) {
                byId.remove(oldest);
            }
        }
    }
}
