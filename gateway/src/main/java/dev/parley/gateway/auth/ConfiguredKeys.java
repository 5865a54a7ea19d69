package dev.parley.gateway.auth;

import io.jsonwebtoken.security.Keys;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All keys that {@link AuthSettings} names. Each answers for its own algorithms, so none can be used as another kind of key. */
record ConfiguredKeys(List<VerificationKeys> sources) implements VerificationKeys {

    ConfiguredKeys {
        sources = List.copyOf(sources);
    }

    static ConfiguredKeys of(AuthSettings settings, LongSupplier nowMs) {
        List<VerificationKeys> sources = new ArrayList<>();
        if (settings.secret() != null) {
            byte[] secret = settings.secret().getBytes(StandardCharsets.UTF_8);
            sources.add(new FixedKey(Keys.hmacShaKeyFor(secret), Set.of("HS256")));
        }
        if (settings.publicKey() != null) {
            sources.add(PemKey.read(settings.publicKey()));
        }
        if (settings.jwksUri() != null) {
            sources.add(new JwksKeys(new JwksAddress(URI.create(settings.jwksUri())), nowMs));
        }
        return new ConfiguredKeys(sources);
    }

    @Override
    public Set<String> algorithms() {
        Set<String> all = new HashSet<>();
        sources.forEach(source -> all.addAll(source.algorithms()));
        return all;
    }

    @Override
    public @Nullable Key find(String algorithm, @Nullable String keyId) {
        for (VerificationKeys source : sources) {
            Key key = source.find(algorithm, keyId);
            if (key != null) {
                return key;
            }
        }
        return null;
    }
}
