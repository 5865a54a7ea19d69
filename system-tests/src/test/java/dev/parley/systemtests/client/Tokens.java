package dev.parley.systemtests.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;

/** Signs tokens, as an identity provider does that shares a secret with Parley. */
public final class Tokens {

    /** The {@code PARLEY_AUTH_SECRET} of every system under test. */
    public static final String SECRET = "system-tests-share-this-secret-with-parley";

    private static final Duration VALID = Duration.ofHours(1);
    private static final JsonMapper JSON = new JsonMapper();

    private Tokens() {}

    public static String of(String user) {
        Instant now = Instant.now();
        return signed(Map.of(
                "sub", user,
                "iat", now.getEpochSecond(),
                "exp", now.plus(VALID).getEpochSecond()));
    }

    static String signed(Map<String, ?> claims) {
        String text = base64(JSON.writeValueAsBytes(Map.of("alg", "HS256", "typ", "JWT"))) + "."
                + base64(JSON.writeValueAsBytes(claims));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return text + "." + base64(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
