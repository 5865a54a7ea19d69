package dev.parley.providers.chain;

import dev.parley.providers.Provider;
import dev.parley.providers.breaker.Breaker;
import java.util.function.Supplier;

/**
 * One that can be asked.
 *
 * @param model never waits; may become more precise once the provider has answered
 */
public record Link(Provider provider, Supplier<String> model, Breaker breaker) {

    boolean isOpen() {
        return breaker.state() == Breaker.State.OPEN;
    }
}
