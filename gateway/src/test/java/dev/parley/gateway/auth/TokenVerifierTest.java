package dev.parley.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.command.Priority;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.FrameCodec;
import dev.parley.service.startup.Problems;
import dev.parley.service.startup.SettingProblem;
import dev.parley.token.Role;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.StandardEnvironment;

class TokenVerifierTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final long LATER = NOW.getEpochSecond() + 600;

    private final AuthSettings settings =
            new AuthSettings(SECRET, null, null, null, null, false, Duration.ofSeconds(5));
    private final TokenVerifier verifier = new TokenVerifier(settings, at(NOW));

    @Test
    void a_valid_token_gives_user_roles_priority_and_expiry() {
        Caller caller = accepted(token(
                "HS256",
                SECRET,
                Map.of("sub", "ada", "exp", LATER, "roles", List.of("auditor", "wizard"), "priority", "high")));
        assertThat(caller.user()).isEqualTo(new UserId("ada"));
        assertThat(caller.roles()).containsExactlyInAnyOrder(Role.USER, Role.AUDITOR);
        assertThat(caller.ceiling()).isEqualTo(Priority.HIGH);
        assertThat(caller.expiresAt()).isEqualTo(Instant.ofEpochSecond(LATER));
    }

    @Test
    void the_verifier_accepts_tokens_of_the_issuer() {
        String token = settings.tokenIssuer()
                .issue(new UserId("ada/lovelace"), Set.of(Role.ADMIN), Priority.LOW, NOW, Duration.ofMinutes(1));
        Caller caller = accepted(token);
        assertThat(caller.user()).isEqualTo(new UserId("ada/lovelace"));
        assertThat(caller.roles()).contains(Role.ADMIN);
        assertThat(caller.ceiling()).isEqualTo(Priority.LOW);
    }

    @Test
    void the_default_priority_is_medium() {
        assertThat(accepted(token("HS256", SECRET, claims())).ceiling()).isEqualTo(Priority.MEDIUM);
    }

    @Test
    void a_wrong_signature_is_refused() {
        refused(token("HS256", "another secret, which is long enough for HS256!!", claims()));
        String good = token("HS256", SECRET, claims());
        refused(good.substring(0, good.lastIndexOf('.') + 1));
        refused(good.substring(0, good.length() - 2));
        refused("");
        refused("a.b.c");
        refused("x".repeat(20_000));
    }

    @Test
    void the_key_determines_the_algorithm_whatever_the_header_names() {
        refused(token("none", SECRET, claims()));
        refused(token("HS512", SECRET, claims()));
        refused(token("RS256", SECRET, claims()));
        String unsigned = base64(Map.of("alg", "none")) + "." + base64(claims()) + ".";
        refused(unsigned);
    }

    @Test
    void keys_in_the_header_are_not_used() {
        for (String name : List.of("jwk", "jku", "x5u", "kid")) {
            Map<String, Object> header = new HashMap<>(Map.of("alg", "HS256"));
            header.put(name, name.equals("jwk") ? Map.of("kty", "oct", "k", "AAAA") : "http://127.0.0.1:1/key");
            refused(signed(header, claims(), "another secret, which is long enough for HS256!!"));
        }
    }

    @Test
    void expired_tokens_tokens_without_expiry_and_tokens_not_valid_within_the_clock_skew_are_refused() {
        refused(token("HS256", SECRET, Map.of("sub", "ada", "exp", NOW.getEpochSecond() - 3)));
        refused(token("HS256", SECRET, Map.of("sub", "ada", "exp", NOW.getEpochSecond())));
        accepted(token("HS256", SECRET, Map.of("sub", "ada", "exp", NOW.getEpochSecond() + 1)));
        accepted(token("HS256", SECRET, Map.of("sub", "ada", "exp", LATER, "nbf", NOW.getEpochSecond() + 3)));
        refused(token("HS256", SECRET, Map.of("sub", "ada", "exp", LATER, "nbf", NOW.getEpochSecond() + 60)));
        refused(token("HS256", SECRET, Map.of("sub", "ada")));
    }

    @Test
    void a_token_without_a_usable_subject_is_refused() {
        refused(token("HS256", SECRET, Map.of("exp", LATER)));
        refused(token("HS256", SECRET, Map.of("sub", "", "exp", LATER)));
        refused(token("HS256", SECRET, Map.of("sub", "x".repeat(257), "exp", LATER)));
        accepted(token("HS256", SECRET, Map.of("sub", "x".repeat(256), "exp", LATER)));
        refused(signedRaw("{\"alg\":\"HS256\"}", "{\"sub\":\"a\\ud800\",\"exp\":" + LATER + "}", SECRET));
    }

    @Test
    void duplicate_claims_are_refused() {
        refused(signedRaw("{\"alg\":\"HS256\"}", "{\"sub\":\"a\",\"sub\":\"b\",\"exp\":" + LATER + "}", SECRET));
    }

    @Test
    void issuer_and_audience_are_checked_if_they_are_configured() {
        TokenVerifier strict = new TokenVerifier(
                new AuthSettings(SECRET, null, null, "me", "parley", false, Duration.ofSeconds(5)), at(NOW));
        assertThat(strict.verify(token(
                        "HS256", SECRET, Map.of("sub", "a", "exp", LATER, "iss", "me", "aud", List.of("x", "parley")))))
                .isInstanceOf(TokenVerification.Accepted.class);
        for (Map<String, Object> bad : List.<Map<String, Object>>of(
                Map.of("sub", "a", "exp", LATER, "iss", "me"),
                Map.of("sub", "a", "exp", LATER, "aud", "parley"),
                Map.of("sub", "a", "exp", LATER, "iss", "you", "aud", "parley"),
                Map.of("sub", "a", "exp", LATER, "iss", "me", "aud", "other"))) {
            assertThat(strict.verify(token("HS256", SECRET, bad))).isInstanceOf(TokenVerification.Refused.class);
        }
    }

    @Test
    void the_problem_of_a_short_secret_names_the_remedy_and_not_the_secret() {
        assertThat(problems("too short", null))
                .contains("PARLEY_AUTH_SECRET (parley.auth.secret) has 9 bytes", "at least 32 bytes")
                .doesNotContain("too short");
        assertThat(problems(" ", null)).contains("PARLEY_AUTH_SECRET (parley.auth.secret) is not set");
        assertThat(problems(null, "ftp://x")).contains("PARLEY_AUTH_JWKS_URI (parley.auth.jwks-uri) is \"ftp://x\"");
        assertThat(problems(SECRET, "https://login/jwks.json")).isEmpty();
        assertThat(settings.toString()).doesNotContain(SECRET);
    }

    private static String problems(@Nullable String secret, @Nullable String jwksUri) {
        Problems problems = new Problems(new StandardEnvironment());
        new AuthSettings(secret, null, jwksUri, null, null, false, Duration.ofSeconds(5)).check(problems);
        return problems.all().stream().map(SettingProblem::text).collect(Collectors.joining("\n"));
    }

    private Caller accepted(String token) {
        assertThat(verifier.verify(token)).isInstanceOf(TokenVerification.Accepted.class);
        return ((TokenVerification.Accepted) verifier.verify(token)).caller();
    }

    private void refused(String token) {
        assertThat(verifier.verify(token)).isInstanceOf(TokenVerification.Refused.class);
    }

    private static Map<String, Object> claims() {
        return Map.of("sub", "ada", "exp", LATER);
    }

    private static Clock at(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private static String token(String algorithm, String secret, Map<String, Object> claims) {
        return signed(Map.of("alg", algorithm), claims, secret);
    }

    private static String signed(Map<String, Object> header, Map<String, Object> claims, String secret) {
        return signedRaw(
                FrameCodec.mapper().writeValueAsString(header),
                FrameCodec.mapper().writeValueAsString(claims),
                secret);
    }

    private static String signedRaw(String header, String claims, String secret) {
        String content = base64(header) + "." + base64(claims);
        String algorithm = header.contains("HS512") ? "HmacSHA512" : "HmacSHA256";
        return content + "." + base64(mac(algorithm, content, secret));
    }

    private static byte[] mac(String algorithm, String content, String secret) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
            return mac.doFinal(content.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64(@Nullable Object json) {
        return json instanceof byte[] bytes
                ? Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)
                : base64((json instanceof String text
                                ? text
                                : FrameCodec.mapper().writeValueAsString(json))
                        .getBytes(StandardCharsets.UTF_8));
    }
}
