package dev.parley.prompt.assembly;

import dev.parley.prompt.PastTurn;
import dev.parley.prompt.retrieval.Passage;
import dev.parley.schema.event.Difficulty;
import java.util.List;
import java.util.Optional;

/**
 * What the helpers found for a prompt.
 *
 * @param turns before this one, oldest first
 * @param passages best first; nothing if documents were not searched
 * @param leftOut names of what failed or was late
 */
record PromptParts(
        List<PastTurn> turns,
        Optional<Difficulty> difficulty,
        Optional<List<Passage.Found>> passages,
        List<String> leftOut) {}
