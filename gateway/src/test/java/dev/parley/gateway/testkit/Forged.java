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

/** Tokens that no issuer would make, put together by hand. */
public final class Forged {

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private Forged() {}

    /** Without a signature. */
    public static String unsigned(Map<String, ?> header, Map<String, ?> claims) {
        return json(header) + "." + json(claims) + ".";
    }

    public static String hs256(Map<String, ?> header, Map<String, ?> claims, byte[] secret) {
        Map<String, Object> whole = new HashMap<>(header);
        whole.putIfAbsent("alg", "HS256");
        String content = json(whole) + "." + json(claims);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return content + "." + BASE64.encodeToString(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public static String rs256(Map<String, ?> header, Map<String, ?> claims, PrivateKey key) {
        Map<String, Object> whole = new HashMap<>(header);
        whole.putIfAbsent("alg", "RS256");
        String content = json(whole) + "." + json(claims);
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
