package dev.parley.gateway.auth;

import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwk;
import java.io.IOException;
import java.security.Key;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Public keys from a JWKS address. They are read again when they are old, and when a token names a key that is not among them, but
 * never more often than once a minute, however many unknown names come. When the address does not answer, the keys of before go on.
 */
final class JwksKeys implements VerificationKeys {

    private static final Logger LOG = LoggerFactory.getLogger(JwksKeys.class);
    private static final long MAX_AGE_MS = 10 * 60_000;
    private static final long REFRESH_AFTER_MS = 60_000;
    private static final long RETRY_WITHOUT_KEYS_MS = 5_000;

    private final Source source;
    private final LongSupplier nowMs;
    private List<Named> keys = List.of();
    private long triedAtMs;
    private boolean tried;

    /** @param nowMs a clock that never jumps */
    JwksKeys(Source source, LongSupplier nowMs) {
        this.source = source;
        this.nowMs = nowMs;
    }

    @Override
    public Set<String> algorithms() {
        return KeyAlgorithms.ALL;
    }

    @Override
    public synchronized @Nullable Key find(String algorithm, @Nullable String keyId) {
        refreshIfOlderThan(MAX_AGE_MS);
        Key known = among(algorithm, keyId);
        if (known != null) {
            return known;
        }
        refreshIfOlderThan(REFRESH_AFTER_MS);
        return among(algorithm, keyId);
    }

    private @Nullable Key among(String algorithm, @Nullable String keyId) {
        List<Named> fitting = keys.stream()
                .filter(each -> each.algorithms().contains(algorithm))
                .filter(each -> keyId == null || keyId.equals(each.id()))
                .toList();
        return fitting.size() == 1 ? fitting.getFirst().key() : null;
    }

    private void refreshIfOlderThan(long ageMs) {
        long age = nowMs.getAsLong() - triedAtMs;
        if (tried && age < (keys.isEmpty() ? RETRY_WITHOUT_KEYS_MS : ageMs)) {
            return;
        }
        tried = true;
        triedAtMs = nowMs.getAsLong();
        try {
            keys = parse(source.fetch());
        } catch (IOException | JwtException | IllegalArgumentException e) {
            LOG.warn("the keys of tokens could not be read: {}", e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<Named> parse(String jwks) {
        List<Named> parsed = new ArrayList<>();
        for (Jwk<?> jwk : Jwks.setParser().json(new JwtJson.FromJson()).build().parse(jwks)) {
            if (jwk instanceof PublicJwk<?> publicJwk && isForSignatures(publicJwk)) {
                parsed.add(named(publicJwk));
            }
        }
        return List.copyOf(parsed);
    }

    private static boolean isForSignatures(PublicJwk<?> jwk) {
        return jwk.getPublicKeyUse() == null || jwk.getPublicKeyUse().equals("sig");
    }

    private static Named named(PublicJwk<?> jwk) {
        PublicKey key = jwk.toKey();
        Set<String> possible = KeyAlgorithms.of(key);
        String only = jwk.getAlgorithm();
        Set<String> algorithms = only == null ? possible : possible.contains(only) ? Set.of(only) : Set.of();
        return new Named(jwk.getId(), key, algorithms);
    }

    private record Named(@Nullable String id, PublicKey key, Set<String> algorithms) {}

    /** Where the key set is. */
    interface Source {

        /** @throws IOException if it does not answer well */
        String fetch() throws IOException, InterruptedException;
    }
}
