package dev.parley.engine;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.Base64;

/** Random names. */
final class Names {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TOKEN_BYTES = 6;
    private static final int HOST_CHARS = 32;

    private Names() {}

    /** Text of a claim that no other writer of the same stream will have. */
    static String claimToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The host's name, so that people know it, and an ending, so that two on a host differ. */
    static String worker() {
        return host() + "-" + Integer.toString(RANDOM.nextInt(36 * 36 * 36 * 36), 36);
    }

    private static String host() {
        try {
            String name = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9-]", "-");
            return name.substring(0, Math.min(name.length(), HOST_CHARS));
        } catch (UnknownHostException e) {
            return "worker";
        }
    }
}
