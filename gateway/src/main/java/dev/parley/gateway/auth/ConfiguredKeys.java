package dev.parley.gateway.auth;

import io.jsonwebtoken.security.Keys;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/** Makes a source for each key that {@link AuthSettings} configures. Sources that need no network come first. */
final class ConfiguredKeys {

    private ConfiguredKeys() {}

    static List<VerificationKeys> of(AuthSettings settings, LongSupplier nowMs) {
        List<VerificationKeys> sources = new ArrayList<>();
        if (settings.secret() != null) {
            byte[] secret = settings.secret().getBytes(StandardCharsets.UTF_8);
            sources.add(new FixedKey(Keys.hmacShaKeyFor(secret), Set.of("HS256")));
        }
        if (settings.publicKey() != null) {
            sources.add(PemKey.read(settings.publicKey()));
        }
        if (settings.jwksUri() != null) {
            sources.add(new JwksKeys(
                    new JwksHttpSource(URI.create(settings.jwksUri())),
                    task -> Thread.ofVirtual().name("gateway-jwks").start(task),
                    nowMs));
        }
        return sources;
    }
}
