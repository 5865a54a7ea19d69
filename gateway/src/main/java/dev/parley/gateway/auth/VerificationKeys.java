package dev.parley.gateway.auth;

import java.security.Key;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys that tokens are verified with. Only configured keys are used, and each only with the algorithms of its kind. */
interface VerificationKeys {

    /** Names of the algorithms that any of the keys may be used with. */
    Set<String> algorithms();

    /**
     * @param keyId the {@code kid} of the token's header, if it has one
     * @return null if there is no such key
     */
    @Nullable
    Key find(String algorithm, @Nullable String keyId);
}
