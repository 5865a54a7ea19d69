package dev.parley.prompt.assembly;

import dev.parley.prompt.retrieval.RelevantTurns;
import java.time.Duration;

/**
 * The settings of prompts.
 *
 * @param system the instructions for the model, or empty
 * @param turns limit of recent turns
 * @param tokens limit of the recent turns' tokens, estimated
 * @param budget the time budget of the history
 * @param searchedTurns how many of the newest turns are searched for relevant ones
 * @param relevant limits of the relevant turns
 * @param passages limits of the passages of documents
 * @param budgets the time budgets of the other parts
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
     * @param passages limit of their number
     * @param tokens limit of their tokens, estimated
     */
    public record PassageBounds(int passages, int tokens) {}

    /**
     * Time budgets of parts.
     *
     * @param emotion the prompt does not wait for it
     */
    public record Budgets(Duration emotion, Duration difficulty, Duration retrieval) {}

    /** Settings of a prompt with recent turns only. */
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

    /** How many turns must be read. */
    int readTurns() {
        return relevant.turns() > 0 ? Math.max(turns, searchedTurns) : turns;
    }
}
