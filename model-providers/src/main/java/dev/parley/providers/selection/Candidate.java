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
 * @param usualModel what to ask where nobody names a model; never waits
 * @param hasModels whether another may be named
 */
record Candidate(Provider provider, Supplier<String> usualModel, boolean hasModels, Breaker breaker) {

    /** With the model that is wanted, if it may be one. */
    Link link(@Nullable String wanted) {
        Optional<String> named = hasModels ? ModelName.of(wanted) : Optional.empty();
        return new Link(
                provider, named.<Supplier<String>>map(name -> () -> name).orElse(usualModel), breaker);
    }

    String name() {
        return provider.name();
    }
}
