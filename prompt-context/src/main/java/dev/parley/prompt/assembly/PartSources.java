package dev.parley.prompt.assembly;

import dev.parley.prompt.ability.Abilities;
import dev.parley.prompt.emotion.Emotions;
import dev.parley.prompt.retrieval.Documents;
import java.util.Optional;

/** The sources of the parts other than history, as far as they are set up. */
public record PartSources(Optional<Emotions> emotions, Optional<Abilities> abilities, Optional<Documents> documents) {
    public static final PartSources NONE = new PartSources(Optional.empty(), Optional.empty(), Optional.empty());
}
