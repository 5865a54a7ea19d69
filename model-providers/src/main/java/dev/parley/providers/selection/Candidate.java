package dev.parley.providers.selection;

import dev.parley.providers.Provider;
import dev.parley.providers.breaker.Breaker;
import dev.parley.providers.chain.Link;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A provider that can be chosen.
 *
 * @param defaultModel the model if none is named; never waits
 * @param hasModels whether another model can be named
 */
record Candidate(Provider provider, Supplier<String> defaultModel, boolean hasModels, Breaker breaker) {

    /** The provider with this model, or with its default model if the name is null or cannot be a model's. */
    Link link(@Nullable String wanted) {
        Optional<String> named = hasModels ? ModelName.of(wanted) : Optional.empty();
        return new Link(
                provider, named.<Supplier<String>>map(name -> () -> name).orElse(defaultModel), breaker);
    }

    String name() {
        return provider.name();
    }
}
