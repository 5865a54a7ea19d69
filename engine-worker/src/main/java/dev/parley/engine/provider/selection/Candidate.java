package dev.parley.engine.provider.selection;

import dev.parley.engine.provider.Provider;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A provider that can be chosen.
 *
 * @param usualModel what to ask where a message names no model; never waits
 * @param hasModels whether a message may name another
 */
record Candidate(Provider provider, Supplier<String> usualModel, boolean hasModels) {

    String model(@Nullable String wanted) {
        return hasModels ? ModelName.of(wanted).orElseGet(usualModel) : usualModel.get();
    }
}
