package dev.parley.prompt.assembly;

import dev.parley.prompt.retrieval.RelevantTurns;
import java.time.Duration;

/**
 * Bounds of a prompt.
 *
 * @param system what the model is told first; empty for nothing
 * @param turns of recent history at most
 * @param tokens of recent history at most, estimated
 * @param budget how long history may be waited for
 * @param searchedTurns how many of the newest turns are searched for what bears on the message
 * @param relevant of those that do
 * @param passages of documents
 * @param budgets of the other helpers
 */
public record ContextSettings(
        String system,
        int turns,
        int tokens,
        Duration budget,
        int searchedTurns,
        RelevantTurns.Bounds relevant,
        PassageBounds passages,
        Budgets budgets) {
    /**
     * @param passages at most
     * @param tokens at most, estimated
     */
    public record PassageBounds(int passages, int tokens) {}

    /**
     * How long each helper may take.
     *
     * @param emotion nobody waits for it
     */
    public record Budgets(Duration emotion, Duration difficulty, Duration retrieval) {}

    /** Recent history and nothing else. */
    public ContextSettings(String system, int turns, int tokens, Duration budget) {
        this(
                system,
                turns,
                tokens,
                budget,
                0,
                new RelevantTurns.Bounds(0, 0),
                new PassageBounds(0, 0),
                new Budgets(budget, budget, budget));
    }

    int readTurns() {
        return relevant.turns() > 0 ? Math.max(turns, searchedTurns) : turns;
    }
}
