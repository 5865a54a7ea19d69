package dev.parley.gateway.auth;

import java.security.Key;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys that tokens may be signed with. Which key a token needs follows from what is configured, never from what the token brings
 * along, and a key is only ever used with the algorithms of its kind.
 */
interface VerificationKeys {

    /** The names of the algorithms that any of the keys can have. */
    Set<String> algorithms();

    /**
     * @param keyId the {@code kid} of the token's header, if it has one
     * @return null if there is no key for this
     */
    @Nullable
    Key find(String algorithm, @Nullable String keyId);
}
