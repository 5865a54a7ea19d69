package dev.parley.engine;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.Base64;

/** Makes random names. */
final class Names {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TOKEN_BYTES = 6;
    private static final int HOST_CHARS = 32;

    private Names() {}

    /** The token of a claim, which no other writer of the same stream has. */
    static String claimToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The host's name and a random suffix, so that two workers on a host differ. */
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
