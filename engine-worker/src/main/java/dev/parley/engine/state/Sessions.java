package dev.parley.engine.state;

import dev.parley.schema.id.SessionKey;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sessions of a partition, and the turns that each of them lists. Not thread-safe. */
final class Sessions {
    private final Map<SessionKey, SessionState> byKey = new LinkedHashMap<>(16, 0.75f, true);

    SessionState of(SessionKey key) {
        return byKey.computeIfAbsent(key, _ -> new SessionState());
    }

    @Nullable
    SessionState find(SessionKey key) {
        return byKey.get(key);
    }

    /** Adds a turn to the session, unless a session lists it already. */
    void list(SessionKey key, TurnState turn) {
        if (turn.listedIn == null) {
            turn.listedIn = key;
            of(key).turns.add(turn);
        }
    }

    void unlist(TurnState turn) {
        if (turn.listedIn != null) {
            of(turn.listedIn).turns.remove(turn);
            turn.listedIn = null;
        }
    }

    int size() {
        return byKey.size();
    }

    /** All sessions, the longest unused first. What is removed from the iterator is forgotten. */
    Iterator<SessionState> longestUnusedFirst() {
        return byKey.values().iterator();
    }
}
