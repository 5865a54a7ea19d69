package dev.parley.gateway.testkit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;

/** Makes tokens that no issuer would make. */
public final class ForgedTokens {

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private ForgedTokens() {}

    /** Without a signature. */
    public static String unsigned(Map<String, ?> header, Map<String, ?> claims) {
        return json(header) + "." + json(claims) + ".";
    }

    public static String hs256(Map<String, ?> header, Map<String, ?> claims, byte[] secret) {
        Map<String, Object> complete = new HashMap<>(header);
        complete.putIfAbsent("alg", "HS256");
        String content = json(complete) + "." + json(claims);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return content + "." + BASE64.encodeToString(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public static String rs256(Map<String, ?> header, Map<String, ?> claims, PrivateKey key) {
        Map<String, Object> complete = new HashMap<>(header);
        complete.putIfAbsent("alg", "RS256");
        String content = json(complete) + "." + json(claims);
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String json(Map<String, ?> value) {
        return BASE64.encodeToString(JsonMapper.shared().writeValueAsBytes(value));
    }
}
