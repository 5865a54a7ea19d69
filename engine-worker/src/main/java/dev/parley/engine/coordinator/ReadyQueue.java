package dev.parley.engine.coordinator;

import dev.parley.engine.state.TurnState;
import dev.parley.schema.command.Command.ChatStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns that could start if there were room: by priority, then by age. With time each counts as more urgent, so that none starves. */
final class ReadyQueue {
    private final long agingNanos;
    /** By turn, not by id: after a deletion a turn with the same id may wait beside the one that is to be ended. */
    private final Map<TurnState, Candidate> candidates = new LinkedHashMap<>();

    record Candidate(int partition, TurnState turn) {}

    ReadyQueue(Duration agingStep) {
        this.agingNanos = agingStep.toNanos();
    }

    void add(int partition, TurnState turn) {
        candidates.putIfAbsent(turn, new Candidate(partition, turn));
    }

    void remove(TurnState turn) {
        candidates.remove(turn);
    }

    int size() {
        return candidates.size();
    }

    /** Removes and returns the most urgent one; null if there is none. */
    @Nullable
    Candidate poll(long now) {
        Candidate best = null;
        for (Candidate each : candidates.values()) {
            if (best == null || urgency(each, now) < urgency(best, now)) {
                best = each;
            }
        }
        if (best != null) {
            candidates.remove(best.turn());
        }
        return best;
    }

    private double urgency(Candidate candidate, long now) {
        ChatStream command = candidate.turn().command();
        int priority = command == null ? 0 : command.priority().ordinal();
        return priority - (double) (now - candidate.turn().seenAt()) / agingNanos;
    }
}
