package dev.parley.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.testkit.Bystander;
import dev.parley.gateway.testkit.ForgedTokens;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Bad input at the handshake: tokens that are not signed with the gateway's secret or key, tokens with wrong claims, foreign origins and malformed
 * HTTP.
 */
@WithBackends
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadHandshakeIT {

    private static final KeyPair OURS = rsa();
    private static final KeyPair THEIRS = rsa();
    private static final String CANARY = Backends.unique("canary");
    private static final byte[] SECRET = GatewayNode.SECRET.getBytes(StandardCharsets.UTF_8);
    private static final byte[] ANOTHER_SECRET =
            "another secret, which is long enough for HS256".getBytes(StandardCharsets.UTF_8);

    /** Java does not allow an empty HMAC key; one of zeros makes the same signature. */
    private static final byte[] EMPTY = new byte[1];

    private final AtomicInteger reads = new AtomicInteger();
    private final HttpServer keys;
    private final GatewayNode jwksNode;
    private final GatewayNode node;
    private final Bystander bystander;

    BadHandshakeIT(Backends backends) throws IOException {
        this.keys = keySet();
        this.jwksNode = GatewayNode.start(
                backends,
                Map.of(
                        "parley.auth.secret", "",
                        "parley.auth.jwks-uri",
                                "http://127.0.0.1:" + keys.getAddress().getPort() + "/keys",
                        "parley.dev.token-endpoint", "false"));
        this.node = GatewayNode.start(
                backends,
                Map.of(
                        "parley.auth.public-key", pem(OURS),
                        "parley.auth.issuer", "issuer",
                        "parley.auth.audience", "parley"));
        this.bystander = Bystander.of(node, backends, ForgedTokens.hs256(Map.of(), claims(Map.of()), SECRET));
    }

    @AfterAll
    void the_neighbours_stream_is_complete() {
        try (node;
                jwksNode;
                bystander) {
            bystander.seesNothingPublished();
        } finally {
            keys.stop(0);
        }
    }

    private HttpServer keySet() throws IOException {
        byte[] set = JsonMapper.shared().writeValueAsBytes(Map.of("keys", List.of(jwk(OURS))));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            reads.incrementAndGet();
            exchange.sendResponseHeaders(200, set.length);
            exchange.getResponseBody().write(set);
            exchange.close();
        });
        server.start();
        return server;
    }

    static Stream<Arguments> tokens() {
        Map<String, Object> good = claims(Map.of());
        return Stream.of(
                Arguments.of("alg none", ForgedTokens.unsigned(Map.of("alg", "none"), good)),
                Arguments.of("alg NONE", ForgedTokens.unsigned(Map.of("alg", "NONE"), good)),
                Arguments.of("no alg", ForgedTokens.unsigned(Map.of("typ", "JWT"), good)),
                Arguments.of("alg none with a signature", ForgedTokens.hs256(Map.of("alg", "none"), good, SECRET)),
                Arguments.of(
                        "HS256 with the text of the public key",
                        ForgedTokens.hs256(Map.of(), good, pem(OURS).getBytes(StandardCharsets.UTF_8))),
                Arguments.of(
                        "HS256 with the bytes of the public key",
                        ForgedTokens.hs256(Map.of(), good, OURS.getPublic().getEncoded())),
                Arguments.of("an empty key", ForgedTokens.hs256(Map.of(), good, EMPTY)),
                Arguments.of("another secret", ForgedTokens.hs256(Map.of(), good, ANOTHER_SECRET)),
                Arguments.of("another RSA key", ForgedTokens.rs256(Map.of(), good, THEIRS.getPrivate())),
                Arguments.of("kid: a path", withHeader("kid", "../../../../dev/null", EMPTY)),
                Arguments.of("kid: SQL", withHeader("kid", "' UNION SELECT '" + CANARY + "' --", ANOTHER_SECRET)),
                Arguments.of("kid: a URL", withHeader("kid", "http://127.0.0.1:1/" + CANARY, ANOTHER_SECRET)),
                Arguments.of("kid: an object", withHeader("kid", Map.of("$gt", CANARY), SECRET)),
                Arguments.of("jwk", ForgedTokens.rs256(Map.of("jwk", jwk(THEIRS)), good, THEIRS.getPrivate())),
                Arguments.of(
                        "jku",
                        ForgedTokens.rs256(Map.of("jku", "http://127.0.0.1:1/" + CANARY), good, THEIRS.getPrivate())),
                Arguments.of(
                        "x5u",
                        ForgedTokens.rs256(Map.of("x5u", "http://127.0.0.1:1/" + CANARY), good, THEIRS.getPrivate())),
                Arguments.of("crit", withHeader("crit", List.of(CANARY), SECRET)),
                Arguments.of("wrong iss", with("iss", CANARY)),
                Arguments.of("no iss", without("iss")),
                Arguments.of("wrong aud", with("aud", CANARY)),
                Arguments.of("no aud", without("aud")),
                Arguments.of("expired", with("exp", now() - 6)),
                Arguments.of("exp: text", with("exp", CANARY)),
                Arguments.of("no exp", without("exp")),
                Arguments.of("nbf ahead", with("nbf", now() + 60)),
                Arguments.of("no sub", without("sub")),
                Arguments.of("empty sub", with("sub", "")),
                Arguments.of("oversized sub", with("sub", CANARY + "x".repeat(257))),
                Arguments.of("sub: an object", with("sub", Map.of("$gt", CANARY))),
                Arguments.of("not a token", CANARY),
                Arguments.of("three parts of nothing", CANARY + ".x.y"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tokens")
    void an_invalid_token_is_401_wherever_it_is_in_the_request(String name, String token) throws Exception {
        assertThat(upgrade("/api/ws", "Authorization: Bearer " + token)).isEqualTo(401);
        assertThat(upgrade("/api/ws", "Sec-WebSocket-Protocol: parley.v1, bearer." + token))
                .isEqualTo(401);
        assertThat(get("/api/conversations", "Authorization: Bearer " + token)).isEqualTo(401);
        assertNoTrace(token);
    }

    @Test
    void a_valid_token_is_accepted() throws Exception {
        Map<String, Object> good = claims(Map.of());
        assertThat(upgrade("/api/ws", "Authorization: Bearer " + ForgedTokens.hs256(Map.of(), good, SECRET)))
                .isEqualTo(101);
        assertThat(upgrade("/api/ws", "Authorization: Bearer " + ForgedTokens.rs256(Map.of(), good, OURS.getPrivate())))
                .isEqualTo(101);
        assertThat(upgrade("/api/ws", "Authorization: Bearer " + withHeader("kid", "../../dev/null", SECRET)))
                .as("the secret has no key id, so any is accepted")
                .isEqualTo(101);
    }

    @Test
    void a_valid_token_in_the_query_is_401_without_the_setting() throws Exception {
        String good = ForgedTokens.hs256(Map.of(), claims(Map.of()), SECRET);
        assertThat(upgrade("/api/ws?token=" + good)).isEqualTo(401);
        assertNoTrace(good);
    }

    static Stream<Arguments> heads() {
        return Stream.of(
                Arguments.of("a malformed path", 400, "/api/ws/{" + CANARY + "}", "X: y"),
                Arguments.of("a path of 16 KB", 431, "/api/ws/" + CANARY + "x".repeat(16 * 1024), "X: y"),
                Arguments.of("a header of 16 KB", 431, "/api/ws", "X-Long: " + CANARY + "x".repeat(16 * 1024)),
                Arguments.of(
                        "a token of 16 KB", 431, "/api/ws", "Authorization: Bearer " + CANARY + "x".repeat(16_384)),
                Arguments.of("a malformed cookie", 400, "/api/ws", "Cookie: \u0001=" + CANARY + "\u0002;;=="),
                Arguments.of("a malformed query", 401, "/api/ws?token=%zz" + CANARY, "X: y"),
                Arguments.of("a malformed header", 400, "/api/ws", CANARY + " x: y"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("heads")
    void malformed_http_is_refused(String name, int status, String path, String header) throws Exception {
        assertThat(upgrade(path, header)).isEqualTo(status);
        assertNoTrace(CANARY);
    }

    static Stream<String> foreignOrigins() {
        return Stream.of(
                "https://evil.example",
                "null",
                "",
                "http://127.0.0.1.evil.example",
                "http://127.0.0.1:1",
                "https://127.0.0.1:PORT",
                "http://127.0.0.1:PORT.evil.example",
                "http://127.0.0.1:PORT@evil.example",
                "http://evil.example#127.0.0.1:PORT",
                "http://evil.example/http://127.0.0.1:PORT",
                "http://localhost:PORT",
                "http://127.0.0.1:PORT http://evil.example",
                "file://" + CANARY);
    }

    @ParameterizedTest
    @MethodSource("foreignOrigins")
    void a_foreign_origin_is_403_even_with_a_valid_token(String origin) throws Exception {
        String good = ForgedTokens.hs256(Map.of(), claims(Map.of()), SECRET);
        String requested = origin.replace("PORT", String.valueOf(node.port()));
        assertThat(upgrade("/api/ws", "Authorization: Bearer " + good, "Origin: " + requested))
                .isEqualTo(403);
        assertNoTrace(good);
    }

    @Test
    void a_thousand_unknown_key_ids_are_refused_and_the_keys_are_read_again_once() throws Exception {
        Map<String, Object> good = claims(Map.of());
        String known = ForgedTokens.rs256(Map.of("kid", "ours"), good, OURS.getPrivate());
        long since = System.nanoTime();
        assertThat(status(jwksNode, known)).isEqualTo(200);
        for (int i = 0; i < 1_000; i++) {
            String kid = i % 2 == 0 ? "unknown-" + i : "../" + CANARY + i;
            assertThat(status(jwksNode, ForgedTokens.rs256(Map.of("kid", kid), good, OURS.getPrivate())))
                    .isEqualTo(401);
        }
        assertThat(status(jwksNode, known)).isEqualTo(200);
        long minutes = 1 + Duration.ofNanos(System.nanoTime() - since).toMinutes();
        assertThat(reads.get()).isBetween(1, (int) minutes);
        assertNoTrace(CANARY);
    }

    private static int status(GatewayNode at, String token) throws IOException {
        try (RawSocket socket = RawSocket.connect(at)) {
            return socket.get("/api/streams/none", "Authorization: Bearer " + token) == 401 ? 401 : 200;
        }
    }

    private int upgrade(String path, String... headers) throws IOException {
        try (RawSocket socket = RawSocket.connect(node)) {
            return socket.upgradeAt(path, headers);
        }
    }

    private int get(String path, String... headers) throws IOException {
        try (RawSocket socket = RawSocket.connect(node)) {
            return socket.get(path, headers);
        }
    }

    private void assertNoTrace(String text) {
        bystander.seesNothingPublished();
        bystander.findsNothingInTheLog(CANARY, text);
    }

    // ---- tokens

    private static Map<String, Object> claims(Map<String, ?> changes) {
        Map<String, Object> claims =
                new HashMap<>(Map.of("sub", "ada", "exp", now() + 600, "iat", now(), "iss", "issuer", "aud", "parley"));
        claims.putAll(changes);
        return claims;
    }

    private static String with(String claim, Object value) {
        return ForgedTokens.hs256(Map.of(), claims(Map.of(claim, value)), SECRET);
    }

    private static String without(String claim) {
        Map<String, Object> claims = claims(Map.of());
        claims.remove(claim);
        return ForgedTokens.hs256(Map.of(), claims, SECRET);
    }

    private static String withHeader(String name, Object value, byte[] secret) {
        return ForgedTokens.hs256(Map.of(name, value), claims(Map.of()), secret);
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    private static Map<String, String> jwk(KeyPair pair) {
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return Map.of(
                "kty",
                "RSA",
                "kid",
                "ours",
                "n",
                base64.encodeToString(key.getModulus().toByteArray()),
                "e",
                base64.encodeToString(key.getPublicExponent().toByteArray()));
    }

    private static String pem(KeyPair pair) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private static KeyPair rsa() {
        try {
            return KeyPairGenerator.getInstance("RSA").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
