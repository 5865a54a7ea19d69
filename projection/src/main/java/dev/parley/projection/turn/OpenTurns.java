package dev.parley.projection.turn;

import dev.parley.schema.id.StreamId;
import dev.parley.store.turn.Turn;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The unfinished turns of a partition, in the order of their first offsets, counted against the text budget. Not thread-safe. */
final class OpenTurns {

    private final Map<StreamId, TurnFold> folds = new LinkedHashMap<>();
    private final TextBudget budget;

    OpenTurns(TextBudget budget) {
        this.budget = budget;
    }

    @Nullable
    TurnFold get(StreamId stream) {
        return folds.get(stream);
    }

    List<Turn> turns() {
        return folds.values().stream().map(TurnFold::begunTurn).toList();
    }

    /** Null if there is none. */
    @Nullable
    Turn oldest() {
        Iterator<TurnFold> oldest = folds.values().iterator();
        return oldest.hasNext() ? oldest.next().begunTurn() : null;
    }

    boolean hasRoom() {
        return budget.hasRoom();
    }

    void put(TurnFold fold) {
        Turn turn = fold.begunTurn();
        release(folds.put(turn.stream(), fold));
        budget.hold(turn.heldChars());
    }

    void remove(StreamId stream) {
        release(folds.remove(stream));
    }

    void clear() {
        List.copyOf(folds.keySet()).forEach(this::remove);
    }

    private void release(@Nullable TurnFold before) {
        if (before != null) {
            budget.release(before.begunTurn().heldChars());
        }
    }
}
