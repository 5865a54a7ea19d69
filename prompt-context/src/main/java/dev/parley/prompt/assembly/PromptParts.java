package dev.parley.prompt.assembly;

import dev.parley.prompt.PastTurn;
import dev.parley.prompt.retrieval.Passage;
import dev.parley.schema.event.Difficulty;
import java.util.List;
import java.util.Optional;

/**
 * The parts of a prompt.
 *
 * @param turns the turns before this one, oldest first
 * @param passages best first; empty if documents were not searched
 * @param leftOut the names of the parts that failed or were late
 */
record PromptParts(
        List<PastTurn> turns,
        Optional<Difficulty> difficulty,
        Optional<List<Passage.Found>> passages,
        List<String> leftOut) {}
