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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Public keys from a JWKS address. They are read again when they are old, and when a token names a key that is not among them, but
 * never more often than once a minute, however many unknown names come. When the address does not answer, the keys of before go on.
 *
 * <p>Whose key is known never waits for the address, however slow it is. Whose key is not known waits for the one reading that is
 * under way, if there is one, within a bound.
 */
final class JwksKeys implements VerificationKeys {

    private static final Logger LOG = LoggerFactory.getLogger(JwksKeys.class);
    private static final long MAX_AGE_MS = 10 * 60_000;
    private static final long REFRESH_AFTER_MS = 60_000;
    private static final long RETRY_WITHOUT_KEYS_MS = 5_000;
    private static final long MAX_WAIT_MS = 5_000;

    private final Source source;
    private final Executor readers;
    private final LongSupplier nowMs;
    private volatile List<Named> keys = List.of();

    // Guarded by this.
    private boolean tried;
    private long triedAtMs;
    private long readAtMs;
    private @Nullable CountDownLatch reading;

    /**
     * @param readers runs one reading at a time
     * @param nowMs a clock that never jumps
     */
    JwksKeys(Source source, Executor readers, LongSupplier nowMs) {
        this.source = source;
        this.readers = readers;
        this.nowMs = nowMs;
    }

    @Override
    public Set<String> algorithms() {
        return KeyAlgorithms.ALL;
    }

    @Override
    public @Nullable Key find(String algorithm, @Nullable String keyId) {
        if (!KeyAlgorithms.ALL.contains(algorithm)) {
            return null;
        }
        boolean known = among(algorithm, keyId) != null;
        CountDownLatch awaited = readIfDue(known);
        if (!known && awaited != null) {
            await(awaited);
        }
        return among(algorithm, keyId);
    }

    private @Nullable Key among(String algorithm, @Nullable String keyId) {
        List<Named> fitting = keys.stream()
                .filter(each -> each.algorithms().contains(algorithm))
                .filter(each -> keyId == null || keyId.equals(each.id()))
                .toList();
        return fitting.size() == 1 ? fitting.getFirst().key() : null;
    }

    /** @return what ends with the reading that is under way now, if one is */
    private @Nullable CountDownLatch readIfDue(boolean known) {
        CountDownLatch begun;
        synchronized (this) {
            if (reading != null || !isDue(known)) {
                return reading;
            }
            tried = true;
            triedAtMs = nowMs.getAsLong();
            begun = new CountDownLatch(1);
            reading = begun;
        }
        readers.execute(this::read);
        return begun;
    }

    private boolean isDue(boolean known) {
        long now = nowMs.getAsLong();
        if (!tried) {
            return true;
        }
        if (now - triedAtMs < (keys.isEmpty() ? RETRY_WITHOUT_KEYS_MS : REFRESH_AFTER_MS)) {
            return false;
        }
        return !known || now - readAtMs >= MAX_AGE_MS;
    }

    private void read() {
        try {
            keys = parse(source.fetch());
            synchronized (this) {
                readAtMs = nowMs.getAsLong();
            }
        } catch (IOException | JwtException | IllegalArgumentException e) {
            LOG.warn("the keys of tokens could not be read: {}", e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended();
        }
    }

    private synchronized void ended() {
        CountDownLatch over = reading;
        reading = null;
        if (over != null) {
            over.countDown();
        }
    }

    private static void await(CountDownLatch end) {
        try {
            if (!end.await(MAX_WAIT_MS, TimeUnit.MILLISECONDS)) {
                LOG.debug("the keys of tokens are still being read");
            }
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

        /** Answers or fails within a few seconds. @throws IOException if it does not answer well */
        String fetch() throws IOException, InterruptedException;
    }
}
