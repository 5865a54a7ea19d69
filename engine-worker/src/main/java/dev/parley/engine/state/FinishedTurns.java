package dev.parley.engine.state;

import dev.parley.engine.state.PartitionState.Bounds;
import dev.parley.engine.stream.Written;
import dev.parley.prompt.PastTurn;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.StreamLog;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is kept of turns that are over: the texts of the newest, and the ids of older ones to recognize repeats. Not thread-safe. */
final class FinishedTurns {
    /** What a finished turn takes beside its text, counted as characters. */
    private static final int TURN_CHARS = 512;
    /** What a session takes beside its turns: there may be many that have none left. */
    private static final int SESSION_CHARS = 256;

    private final Bounds bounds;
    private final Turns turns;
    private final Sessions sessions;
    private final Set<StreamId> forgotten = new LinkedHashSet<>();
    private long chars;

    /**
     * @param turns from which those long forgotten are removed
     * @param sessions from which idle ones are removed when room is needed, the longest unused first
     */
    FinishedTurns(Bounds bounds, Turns turns, Sessions sessions) {
        this.bounds = bounds;
        this.turns = turns;
        this.sessions = sessions;
    }

    /** The turn is over, and its session lists it. Of its texts those are kept that a later prompt may need. */
    void add(SessionState session, TurnState turn) {
        PastTurn past = past(turn);
        dropTexts(turn);
        if (forgotten.contains(turn.id())) {
            return;
        }
        turn.past = past;
        turn.weight = TURN_CHARS + (past == null ? 0 : past.chars());
        chars += turn.weight;
        keepNewest(session);
        evict();
    }

    /** What is written of a repeat stays: the rest of the stream that it repeats may still be read. */
    private void dropTexts(TurnState turn) {
        chars -= turn.weight;
        turn.weight = 0;
        turn.past = null;
        turn.record = null;
        if (turn.log instanceof StreamLog.Over) {
            turn.written = Written.NOTHING;
        }
    }

    private static @Nullable PastTurn past(TurnState turn) {
        StreamStart start = turn.written.start();
        return start == null || turn.written.content().isEmpty()
                ? null
                : new PastTurn(
                        turn.id(), start.message(), turn.written.content().toString(), ability(turn.written));
    }

    private static @Nullable AbilityUpdated ability(Written written) {
        return written.end() instanceof StreamComplete complete
                ? complete.metadata().abilityUpdated()
                : null;
    }

    /** Whether nothing but the id of the stream is known, and that it is over. */
    boolean hasForgotten(StreamId id) {
        return forgotten.contains(id);
    }

    /** The turn is deleted: its id is new again. */
    void remove(TurnState turn) {
        dropTexts(turn);
        forgotten.remove(turn.id());
    }

    private void keepNewest(SessionState session) {
        List<TurnState> over = session.turns.stream().filter(TurnState::isOver).toList();
        List<TurnState> old = over.subList(0, Math.max(0, over.size() - bounds.keptTurnsPerSession()));
        old.forEach(this::forget);
        session.turns.removeAll(old);
    }

    private void evict() {
        Iterator<SessionState> oldest = sessions.longestUnusedFirst();
        while (chars + (long) SESSION_CHARS * sessions.size() > bounds.keptChars() && oldest.hasNext()) {
            SessionState session = oldest.next();
            if (session.isIdle()) {
                session.turns.forEach(this::forget);
                oldest.remove();
            }
        }
    }

    private void forget(TurnState turn) {
        dropTexts(turn);
        forgotten.add(turn.id());
        if (forgotten.size() > bounds.forgottenTurns()) {
            Iterator<StreamId> oldest = forgotten.iterator();
            StreamId id = oldest.next();
            turns.forget(id);
            oldest.remove();
        }
    }
}
