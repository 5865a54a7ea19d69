package dev.parley.gateway.auth;

import java.security.Key;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One key from the configuration. It is used whatever {@code kid} a token has. */
record FixedKey(Key key, Set<String> algorithms) implements VerificationKeys {

    FixedKey {
        algorithms = Set.copyOf(algorithms);
    }

    @Override
    public @Nullable Key find(String algorithm, @Nullable String keyId) {
        return algorithms.contains(algorithm) ? key : null;
    }
}
