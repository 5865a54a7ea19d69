package dev.parley.schema.audit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The digest of a stream: SHA-256 over the values of its accepted events for clients in order, each followed by a line feed. Not
 * thread-safe.
 */
public final class StreamDigest {

    private final MessageDigest sha256;

    public StreamDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    public void add(byte[] value) {
        sha256.update(value);
        sha256.update((byte) '\n');
    }

    /** The digest in lower-case hex. Resets the digest, so it may be called once. */
    public String hex() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
