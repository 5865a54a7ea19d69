package dev.parley.gateway.auth;

import dev.parley.token.JwtJson;
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
 * Public keys from a JWKS address. They are read again when they are ten minutes old, and when a token names an unknown key, but at most once a
 * minute. If the address does not answer, the known keys stay in use.
 *
 * <p>A known key is found at once, however slow the address is. For an unknown key the caller waits, within a bound, for the read that is running.
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
    private volatile List<NamedKey> keys = List.of();

    // Guarded by this.
    private boolean tried;
    private long triedAtMs;
    private long readAtMs;
    private @Nullable CountDownLatch reading;

    /**
     * @param readers runs one read at a time
     * @param nowMs a monotonic clock
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
        boolean known = keyFor(algorithm, keyId) != null;
        CountDownLatch readEnd = readIfDue(known);
        if (!known && readEnd != null) {
            await(readEnd);
        }
        return keyFor(algorithm, keyId);
    }

    private @Nullable Key keyFor(String algorithm, @Nullable String keyId) {
        List<NamedKey> matching = keys.stream()
                .filter(each -> each.algorithms().contains(algorithm))
                .filter(each -> keyId == null || keyId.equals(each.id()))
                .toList();
        return matching.size() == 1 ? matching.getFirst().key() : null;
    }

    /** Starts a read if one is due. @return counted down when the running read ends; null if none runs */
    private @Nullable CountDownLatch readIfDue(boolean known) {
        CountDownLatch started;
        synchronized (this) {
            if (reading != null || !isDue(known)) {
                return reading;
            }
            tried = true;
            triedAtMs = nowMs.getAsLong();
            started = new CountDownLatch(1);
            reading = started;
        }
        readers.execute(this::read);
        return started;
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
            LOG.warn(
                    "The JWKS at parley.auth.jwks-uri cannot be read, so the keys that are known stay in use: {}",
                    e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            onReadEnd();
        }
    }

    private synchronized void onReadEnd() {
        CountDownLatch ended = reading;
        reading = null;
        if (ended != null) {
            ended.countDown();
        }
    }

    private static void await(CountDownLatch end) {
        try {
            if (!end.await(MAX_WAIT_MS, TimeUnit.MILLISECONDS)) {
                LOG.debug("The JWKS is still being read after {} ms", MAX_WAIT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<NamedKey> parse(String jwks) {
        List<NamedKey> parsed = new ArrayList<>();
        for (Jwk<?> jwk : Jwks.setParser().json(new JwtJson.Reader()).build().parse(jwks)) {
            if (jwk instanceof PublicJwk<?> publicJwk && isForSignatures(publicJwk)) {
                parsed.add(named(publicJwk));
            }
        }
        return List.copyOf(parsed);
    }

    private static boolean isForSignatures(PublicJwk<?> jwk) {
        return jwk.getPublicKeyUse() == null || jwk.getPublicKeyUse().equals("sig");
    }

    private static NamedKey named(PublicJwk<?> jwk) {
        PublicKey key = jwk.toKey();
        Set<String> possible = KeyAlgorithms.of(key);
        String only = jwk.getAlgorithm();
        Set<String> algorithms = only == null ? possible : possible.contains(only) ? Set.of(only) : Set.of();
        return new NamedKey(jwk.getId(), key, algorithms);
    }

    private record NamedKey(@Nullable String id, PublicKey key, Set<String> algorithms) {}

    /** Reads the JWKS. */
    interface Source {

        /** Returns or fails within a few seconds. @throws IOException if the JWKS cannot be read */
        String fetch() throws IOException, InterruptedException;
    }
}
