package dev.parley.engine.context;

import dev.parley.engine.context.ability.Abilities;
import dev.parley.engine.context.emotion.Emotions;
import dev.parley.engine.context.retrieval.Documents;
import java.util.Optional;

/** What helps beside history, as far as it is set up. */
public record Helpers(Optional<Emotions> emotions, Optional<Abilities> abilities, Optional<Documents> documents) {
    public static final Helpers NONE = new Helpers(Optional.empty(), Optional.empty(), Optional.empty());
}
