package dev.parley.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.schema.json.FrameCodec;
import dev.parley.token.JwtJson;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final Map<String, KeyPair> PAIRS = Map.of(
            "RSA", pair("RSA", null),
            "P-256", pair("EC", "secp256r1"),
            "P-384", pair("EC", "secp384r1"),
            "Ed25519", pair("Ed25519", null));

    private long nowMs;

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "P-256", "P-384", "Ed25519"})
    void a_pem_key_verifies_only_what_its_private_key_signed(String kind) {
        TokenVerifier verifier = withPem(pem(key(kind).getPublic()));
        assertThat(verifier.verify(signed(key(kind), null))).isInstanceOf(TokenVerification.Accepted.class);
        PAIRS.forEach((other, pair) -> {
            if (!other.equals(kind)) {
                assertThat(verifier.verify(signed(pair, null))).isInstanceOf(TokenVerification.Refused.class);
            }
        });
    }

    @Test
    void a_pem_key_may_be_in_a_file_or_in_one_line(@TempDir Path folder) throws IOException {
        KeyPair pair = key("RSA");
        String pem = pem(pair.getPublic());
        Path file = Files.writeString(folder.resolve("key.pem"), pem);
        assertThat(withPem(file.toString()).verify(signed(pair, null))).isInstanceOf(TokenVerification.Accepted.class);
        assertThat(withPem(pem.replace("\n", "\\n")).verify(signed(pair, null)))
                .isInstanceOf(TokenVerification.Accepted.class);
    }

    @Test
    void the_problem_of_an_unusable_key_names_the_setting() {
        assertThatThrownBy(() -> withPem("/no/such/file")).hasMessageContaining("parley.auth.public-key");
        assertThatThrownBy(() -> withPem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"))
                .hasMessageContaining("parley.auth.public-key");
    }

    /** Algorithm confusion: the public key, which is known to all, used as an HMAC secret. */
    @Test
    void a_public_key_is_never_an_hmac_secret() throws GeneralSecurityException {
        PublicKey key = key("RSA").getPublic();
        String pem = pem(key);
        for (byte[] secret : List.of(pem.getBytes(StandardCharsets.UTF_8), key.getEncoded())) {
            String forged = hmac(secret);
            assertThat(withPem(pem).verify(forged)).isInstanceOf(TokenVerification.Refused.class);
            TokenVerifier both = new TokenVerifier(
                    new AuthSettings(SECRET, pem, null, null, null, false, Duration.ofSeconds(5)), Clock.systemUTC());
            assertThat(both.verify(forged)).isInstanceOf(TokenVerification.Refused.class);
            assertThat(both.verify(hmac(SECRET.getBytes(StandardCharsets.UTF_8))))
                    .isInstanceOf(TokenVerification.Accepted.class);
            assertThat(both.verify(signed(key("RSA"), null))).isInstanceOf(TokenVerification.Accepted.class);
        }
    }

    @Test
    void keys_of_a_jwks_are_found_by_key_id_and_a_single_one_without() {
        FakeSource source = new FakeSource(Map.of("a", key("RSA"), "b", key("P-256")));
        TokenVerifier verifier = withSource(source);
        assertThat(verifier.verify(signed(key("RSA"), "a"))).isInstanceOf(TokenVerification.Accepted.class);
        assertThat(verifier.verify(signed(key("P-256"), "b"))).isInstanceOf(TokenVerification.Accepted.class);
        assertThat(verifier.verify(signed(key("RSA"), "b"))).isInstanceOf(TokenVerification.Refused.class);
        assertThat(verifier.verify(signed(key("RSA"), null))).isInstanceOf(TokenVerification.Accepted.class);
        assertThat(source.fetches).isEqualTo(1);
    }

    @Test
    void a_new_key_is_found_within_a_minute_and_a_removed_one_is_gone_within_ten() {
        FakeSource source = new FakeSource(Map.of("old", key("RSA")));
        TokenVerifier verifier = withSource(source);
        assertThat(verifier.verify(signed(key("RSA"), "old"))).isInstanceOf(TokenVerification.Accepted.class);
        source.keys = Map.of("new", key("P-256"));
        nowMs += Duration.ofMinutes(1).toMillis();
        assertThat(verifier.verify(signed(key("P-256"), "new"))).isInstanceOf(TokenVerification.Accepted.class);
        assertThat(verifier.verify(signed(key("RSA"), "old"))).isInstanceOf(TokenVerification.Refused.class);
        source.keys = Map.of("newer", key("P-384"));
        nowMs += Duration.ofMinutes(10).toMillis();
        assertThat(verifier.verify(signed(key("P-256"), "new"))).isInstanceOf(TokenVerification.Refused.class);
    }

    @Test
    void a_thousand_unknown_key_ids_cause_one_read_per_minute() {
        FakeSource source = new FakeSource(Map.of("a", key("P-256")));
        TokenVerifier verifier = withSource(source);
        assertThat(verifier.verify(signed(key("P-256"), "a"))).isInstanceOf(TokenVerification.Accepted.class);
        nowMs += Duration.ofMinutes(2).toMillis();
        for (String kid : List.of("../../etc/passwd", "' OR 1=1 --", "http://127.0.0.1:1/jwks", "\u0000")) {
            assertThat(verifier.verify(signed(key("P-256"), kid))).isInstanceOf(TokenVerification.Refused.class);
        }
        String unknown = signed(key("P-256"), "unknown");
        for (int i = 0; i < 1_000; i++) {
            nowMs += 50;
            verifier.verify(unknown);
        }
        assertThat(source.fetches).isEqualTo(2);
    }

    @Test
    void known_keys_stay_in_use_while_the_address_does_not_answer() {
        FakeSource source = new FakeSource(Map.of("a", key("P-256")));
        TokenVerifier verifier = withSource(source);
        String token = signed(key("P-256"), "a");
        source.broken = true;
        assertThat(verifier.verify(token)).isInstanceOf(TokenVerification.Refused.class);
        source.broken = false;
        assertThat(verifier.verify(token)).isInstanceOf(TokenVerification.Refused.class);
        nowMs += Duration.ofSeconds(5).toMillis();
        assertThat(verifier.verify(token)).isInstanceOf(TokenVerification.Accepted.class);
        source.broken = true;
        nowMs += Duration.ofHours(1).toMillis();
        assertThat(verifier.verify(token)).isInstanceOf(TokenVerification.Accepted.class);
    }

    @Test
    void secrets_and_encryption_keys_of_a_jwks_are_not_used() {
        String octets = Base64.getUrlEncoder().withoutPadding().encodeToString(SECRET.getBytes(StandardCharsets.UTF_8));
        JwksKeys keys = new JwksKeys(
                () -> "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"" + octets + "\"}]}",
                Runnable::run,
                () -> nowMs);
        assertThat(keys.find("HS256", "a")).isNull();
        String json = json(Jwks.builder()
                .key((java.security.interfaces.ECPublicKey) key("P-256").getPublic())
                .id("a")
                .publicKeyUse("enc")
                .build());
        JwksKeys encryption = new JwksKeys(() -> "{\"keys\":[" + json + "]}", Runnable::run, () -> nowMs);
        assertThat(encryption.find("ES256", "a")).isNull();
    }

    @Test
    void a_known_key_does_not_wait_for_an_address_that_does_not_answer() throws Exception {
        FakeSource source = new FakeSource(Map.of("a", key("P-256")));
        CountDownLatch answer = new CountDownLatch(1);
        List<Thread> readers = new CopyOnWriteArrayList<>();
        JwksKeys keys = new JwksKeys(
                () -> {
                    if (source.fetches > 0) {
                        answer.await();
                    }
                    return source.fetch();
                },
                task -> readers.add(Thread.ofVirtual().start(task)),
                () -> nowMs);
        assertThat(keys.find("ES256", "a"))
                .as("the first one waits for the first read")
                .isNotNull();
        nowMs += Duration.ofMinutes(11).toMillis();
        try (ExecutorService finders = Executors.newVirtualThreadPerTaskExecutor()) {
            source.keys = Map.of("a", key("P-256"), "b", key("P-384"));
            for (int i = 0; i < 100; i++) {
                assertThat(keys.find("ES256", "a")).isNotNull();
            }
            Future<Key> rotated = finders.submit(() -> keys.find("ES384", "b"));
            assertThat(finders.submit(() -> keys.find("ES256", "a")).get(2, TimeUnit.SECONDS))
                    .isNotNull();
            assertThat(rotated).as("a caller that needs the new key waits").isNotDone();
            answer.countDown();
            assertThat(rotated.get(2, TimeUnit.SECONDS)).isNotNull();
        }
        assertThat(readers).as("one read at a time").hasSize(2);
        assertThat(source.fetches).isEqualTo(2);
    }

    @Test
    void an_address_that_fails_is_read_once_per_minute_and_its_old_keys_stay_in_use() {
        FakeSource source = new FakeSource(Map.of("a", key("P-256")));
        TokenVerifier verifier = withSource(source);
        String token = signed(key("P-256"), "a");
        verifier.verify(token);
        source.broken = true;
        nowMs += Duration.ofMinutes(10).toMillis();
        for (int second = 0; second < 180; second++) {
            assertThat(verifier.verify(token)).isInstanceOf(TokenVerification.Accepted.class);
            nowMs += 1_000;
        }
        assertThat(source.fetches).isEqualTo(1 + 3);
    }

    @Test
    void a_pem_key_and_a_jwks_work_side_by_side_whatever_key_id_a_token_has() {
        KeyPair another = pair("RSA", null);
        FakeSource source = new FakeSource(Map.of("a", another, "b", key("P-256")));
        AuthSettings settings =
                new AuthSettings(null, pem(key("RSA").getPublic()), null, null, null, false, Duration.ofSeconds(5));
        TokenVerifier verifier = new TokenVerifier(
                settings, List.of(PemKey.read(pem(key("RSA").getPublic())), set(source)), Clock.systemUTC());
        assertThat(verifier.verify(signed(key("RSA"), null))).isInstanceOf(TokenVerification.Accepted.class);
        assertThat(verifier.verify(signed(key("RSA"), "a"))).isInstanceOf(TokenVerification.Accepted.class);
        assertThat(source.fetches).as("the JWKS is not needed for that").isZero();
        assertThat(verifier.verify(signed(another, "a"))).isInstanceOf(TokenVerification.Accepted.class);
        assertThat(verifier.verify(signed(key("P-256"), "b"))).isInstanceOf(TokenVerification.Accepted.class);
        assertThat(verifier.verify(signed(another, "b"))).isInstanceOf(TokenVerification.Refused.class);
        assertThat(verifier.verify(signed(pair("RSA", null), "a"))).isInstanceOf(TokenVerification.Refused.class);
        assertThat(source.fetches).isEqualTo(1);
    }

    /** The algorithm is checked before the JWKS is read. */
    @Test
    void an_algorithm_that_no_key_has_causes_no_read() throws GeneralSecurityException {
        FakeSource source = new FakeSource(Map.of("a", key("P-256")));
        TokenVerifier verifier = withSource(source);
        assertThat(verifier.verify(hmac(SECRET.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(TokenVerification.Refused.class);
        assertThat(source.fetches).isZero();
    }

    private JwksKeys set(FakeSource source) {
        return new JwksKeys(source, Runnable::run, () -> nowMs);
    }

    private static TokenVerifier withPem(String pem) {
        return new TokenVerifier(
                new AuthSettings(null, pem, null, null, null, false, Duration.ofSeconds(5)), Clock.systemUTC());
    }

    private TokenVerifier withSource(FakeSource source) {
        AuthSettings settings =
                new AuthSettings(null, null, "http://127.0.0.1:1/jwks", null, null, false, Duration.ofSeconds(5));
        return new TokenVerifier(settings, List.of(set(source)), Clock.systemUTC());
    }

    private static String signed(KeyPair pair, @Nullable String kid) {
        var builder = Jwts.builder().json(new JwtJson.Writer());
        if (kid != null) {
            builder.header().keyId(kid);
        }
        return builder.subject("ada")
                .expiration(new Date(System.currentTimeMillis() + 600_000))
                .signWith(pair.getPrivate())
                .compact();
    }

    private static String hmac(byte[] secret) throws GeneralSecurityException {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String content = base64.encodeToString("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64.encodeToString(FrameCodec.mapper()
                        .writeValueAsBytes(Map.of("sub", "ada", "exp", System.currentTimeMillis() / 1000 + 600)));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        return content + "." + base64.encodeToString(mac.doFinal(content.getBytes(StandardCharsets.UTF_8)));
    }

    private static String json(PublicJwk<?> jwk) {
        return FrameCodec.mapper().writeValueAsString(new LinkedHashMap<>(jwk));
    }

    private static KeyPair key(String kind) {
        return Objects.requireNonNull(PAIRS.get(kind));
    }

    private static String pem(PublicKey key) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private static KeyPair pair(String kind, @Nullable String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            if (curve != null) {
                generator.initialize(new ECGenParameterSpec(curve));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A JWKS that the test changes, and that counts how often it is read. */
    private static final class FakeSource implements JwksKeys.Source {

        volatile Map<String, KeyPair> keys;
        boolean broken;
        volatile int fetches;

        FakeSource(Map<String, KeyPair> keys) {
            this.keys = keys;
        }

        @Override
        public String fetch() throws IOException {
            fetches = fetches + 1;
            if (broken) {
                throw new IOException("no answer");
            }
            List<String> all = new ArrayList<>();
            keys.forEach((id, pair) ->
                    all.add(json(Jwks.builder().key(pair.getPublic()).id(id).build())));
            return "{\"keys\":[" + String.join(",", all) + "]}";
        }
    }
}
