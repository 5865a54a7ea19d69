package dev.parley.prompt.assembly;

import dev.parley.prompt.ability.Abilities;
import dev.parley.prompt.emotion.Emotions;
import dev.parley.prompt.retrieval.Documents;
import java.util.Optional;

/** What helps beside history, as far as it is set up. */
public record PartSources(Optional<Emotions> emotions, Optional<Abilities> abilities, Optional<Documents> documents) {
    public static final PartSources NONE = new PartSources(Optional.empty(), Optional.empty(), Optional.empty());
}
