package dev.parley.schema.repeats;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * Hashes ids to 64 bits with a random key of this process, so that clients cannot choose ids that collide. Thread-safe.
 */
public final class IdHash {

    static final int USER_BITS = 40;

    private static final long USER_MASK = (1L << USER_BITS) - 1;
    private static final int KEY_BYTES = 16;

    private final byte[] key;

    /** With a new random key. */
    public IdHash() {
        this.key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
    }

    long of(StreamId id) {
        return hash('m', id.user(), id.message().value());
    }

    /** 24 bits of the session's hash and 40 bits of its user's. */
    long of(SessionKey session) {
        return withUser((int) (hash('s', session.user(), session.session().value()) >>> USER_BITS), session.user());
    }

    /** The hash of a session of this user. */
    long withUser(int sessionTag, UserId user) {
        return ((long) sessionTag << USER_BITS) | (hash('u', user, "") & USER_MASK);
    }

    private long hash(char kind, UserId user, String id) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(key);
            digest.update((byte) kind);
            byte[] userBytes = user.value().getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, userBytes.length));
            digest.update(userBytes);
            return ByteBuffer.wrap(digest.digest(id.getBytes(StandardCharsets.UTF_8)))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
