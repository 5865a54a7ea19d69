package dev.parley.providers.chain;

import dev.parley.providers.Provider;
import dev.parley.providers.breaker.Breaker;
import java.util.function.Supplier;

/**
 * A provider of a chain, with the model that it is asked for.
 *
 * @param model its name; never waits, and may give another name once the provider has answered
 */
public record Link(Provider provider, Supplier<String> model, Breaker breaker) {

    boolean isOpen() {
        return breaker.state() == Breaker.State.OPEN;
    }
}
