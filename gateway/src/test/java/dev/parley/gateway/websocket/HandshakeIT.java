package dev.parley.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.RawSocket;
import dev.parley.gateway.testkit.SocketClient;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which handshakes are accepted. */
@WithBackends
class HandshakeIT {

    private final GatewayNode node;
    private final String user = Backends.unique("user");

    HandshakeIT(Backends backends) {
        this.node = GatewayNode.shared(backends);
    }

    @Test
    void the_token_may_be_a_subprotocol_and_is_not_in_the_response() {
        try (SocketClient client =
                SocketClient.connect(node.socketUri(""), Map.of(), "parley.v1", "bearer." + node.token(user))) {
            assertThat(client.await("connect").path("user_id").asString()).isEqualTo(user);
            assertThat(client.subprotocol()).isEqualTo("parley.v1");
        }
    }

    @Test
    void the_token_may_be_in_the_authorization_header() {
        try (SocketClient client =
                SocketClient.connect(node.socketUri(""), Map.of("Authorization", "Bearer " + node.token(user)))) {
            assertThat(client.await("connect").path("user_id").asString()).isEqualTo(user);
            assertThat(client.subprotocol()).isEmpty();
        }
    }

    @Test
    void the_token_may_be_in_the_query_only_with_the_setting(Backends backends) {
        String query = "?token=" + node.token(user);
        assertThat(SocketClient.refusal(node.socketUri(query), Map.of())).isEqualTo(401);
        try (GatewayNode open = GatewayNode.start(backends, Map.of("parley.auth.query-token", "true"));
                SocketClient client = SocketClient.connect(open.socketUri(query), Map.of())) {
            assertThat(client.await("connect").path("user_id").asString()).isEqualTo(user);
        }
    }

    @Test
    void a_missing_malformed_or_expired_token_is_401() {
        assertThat(SocketClient.refusal(node.socketUri(""), Map.of(), "parley.v1"))
                .isEqualTo(401);
        assertThat(SocketClient.refusal(node.socketUri(""), Map.of(), "parley.v1", "bearer.x.y.z"))
                .isEqualTo(401);
        assertThat(SocketClient.refusal(node.socketUri(""), Map.of("Authorization", "Basic abc")))
                .isEqualTo(401);
        String expired = node.token(user, Duration.ofSeconds(-60));
        assertThat(SocketClient.refusal(node.socketUri(""), Map.of(), "parley.v1", "bearer." + expired))
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "null", "http://127.0.0.1.evil.example", "http://127.0.0.1:1"})
    void a_foreign_origin_is_403_even_with_a_valid_token(String origin) throws Exception {
        assertThat(upgradeStatus("Origin: " + origin)).isEqualTo(403);
    }

    @Test
    void the_same_origin_and_no_origin_are_accepted() throws Exception {
        assertThat(upgradeStatus("Origin: http://127.0.0.1:" + node.port())).isEqualTo(101);
        assertThat(upgradeStatus("X-Nothing: here")).isEqualTo(101);
    }

    @Test
    void a_header_of_16_KB_is_431() throws Exception {
        assertThat(upgradeStatus("X-Long: " + "x".repeat(16 * 1024))).isEqualTo(431);
    }

    private int upgradeStatus(String header) throws Exception {
        try (RawSocket socket = RawSocket.connect(node)) {
            return socket.upgrade("Authorization: Bearer " + node.token(user), header);
        }
    }
}
