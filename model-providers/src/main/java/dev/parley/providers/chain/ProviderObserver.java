package dev.parley.providers.chain;

import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.breaker.Breaker;
import java.util.function.Supplier;

/** Receives failures of providers and the states of their circuit breakers. */
public interface ProviderObserver {
    ProviderObserver NONE = new ProviderObserver() {
        @Override
        public void failed(String provider, Kind kind) {}

        @Override
        public void watch(String provider, Supplier<Breaker.State> breaker) {}
    };

    /** A provider could not give an answer. Not called for a failure after which a retry succeeded. */
    void failed(String provider, Kind kind);

    /** Called once for each provider, with the state of its circuit breaker. */
    void watch(String provider, Supplier<Breaker.State> breaker);
}
