package dev.parley.providers.chain;

import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.breaker.Breaker;
import java.util.function.Supplier;

/** Is told how providers fare. */
public interface ProviderObserver {
    ProviderObserver NONE = new ProviderObserver() {
        @Override
        public void failed(String provider, Kind kind) {}

        @Override
        public void watch(String provider, Supplier<Breaker.State> breaker) {}
    };

    /** It failed for good as far as one answer goes: retries that helped are not told. */
    void failed(String provider, Kind kind);

    /** Shows the state of its breaker from now on. */
    void watch(String provider, Supplier<Breaker.State> breaker);
}
