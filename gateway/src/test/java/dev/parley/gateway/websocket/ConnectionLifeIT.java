package dev.parley.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.RawSocket;
import dev.parley.gateway.testkit.SocketClient;
import dev.parley.gateway.testkit.Worker;
import dev.parley.schema.id.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How connections are kept alive, and how they end. */
@WithBackends
class ConnectionLifeIT {

    private final Backends backends;
    private final String user = Backends.unique("user");

    ConnectionLifeIT(Backends backends) {
        this.backends = backends;
    }

    @Test
    void a_reader_that_never_reads_is_closed_with_4430_and_its_neighbour_has_every_event() throws Exception {
        try (GatewayNode node = start("parley.gateway.socket.max-write-ms", "2000");
                SocketClient neighbour = SocketClient.connect(node, user);
                RawSocket stalled = RawSocket.open(node, user);
                Worker worker = Worker.of(backends, user, "s", "m")) {
            stalled.text("{\"type\":\"join_session\",\"data\":{\"session_id\":\"s\"}}");
            neighbour.send("join_session", Map.of("session_id", "s"));
            neighbour.await("session_joined");
            worker.start();
            int events = 1;
            String big = "x".repeat(16_384);
            while (node.count("parley.gateway.closes", "code", "4430") == 0 && events < 2_000) {
                worker.chunk(big).flush();
                events++;
                neighbour.awaitCount(events, frame -> frame.contains("\"seq\":"));
            }
            Await.until("closed with 4430", () -> node.count("parley.gateway.closes", "code", "4430") == 1);
            assertThat(neighbour.awaitCount(events, frame -> frame.contains("\"seq\":")))
                    .isEqualTo(worker.written());
            Await.until(
                    "only the neighbour is left", () -> node.bean(Relay.class).connections() == 1);
        }
    }

    @Test
    void a_reader_that_is_behind_what_is_kept_in_memory_and_reads_on_sees_the_close_frame() throws Exception {
        try (GatewayNode node = start("parley.gateway.window.max-bytes", "200000");
                RawSocket slow = RawSocket.open(node, user);
                Worker worker = Worker.of(backends, user, "s", "m")) {
            slow.text("{\"type\":\"join_session\",\"data\":{\"session_id\":\"s\"}}");
            worker.start();
            String big = "x".repeat(16_384);
            for (int i = 0; i < 100; i++) {
                worker.chunk(big);
            }
            worker.flush();
            Relay relay = node.bean(Relay.class);
            Await.until(
                    "the beginning is forgotten",
                    () -> relay.streams().hasBegun(StreamId.of(user, "m"))
                            && !relay.streams().hasEventsFrom(StreamId.of(user, "m"), 50));
            assertThat(slow.readCloseCode()).isEqualTo(4430);
        }
    }

    @Test
    void a_silent_connection_is_closed_with_4408_and_one_that_answers_pings_is_not() throws Exception {
        try (GatewayNode node = start("parley.gateway.socket.heartbeat-ms", "500");
                SocketClient polite = SocketClient.connect(node, user);
                RawSocket silent = RawSocket.open(node, user)) {
            assertThat(polite.await("connect").path("heartbeat_ms").asInt()).isEqualTo(500);
            assertThat(silent.readCloseCode()).isEqualTo(4408);
            assertThat(polite.settle().isOpen()).isTrue();
        }
    }

    @Test
    void the_socket_closes_with_4401_when_the_token_expires() {
        GatewayNode node = GatewayNode.shared(backends);
        try (SocketClient client = SocketClient.connectWithToken(node, node.token(user, Duration.ofSeconds(2)))) {
            assertThat(client.awaitClose()).isEqualTo(4401);
        }
    }

    @Test
    void a_fresh_token_keeps_the_socket_and_another_users_or_a_bad_one_changes_nothing() {
        GatewayNode node = GatewayNode.shared(backends);
        try (SocketClient client = SocketClient.connectWithToken(node, node.token(user, Duration.ofSeconds(3)));
                SocketClient expiring = SocketClient.connectWithToken(node, node.token(user, Duration.ofSeconds(3)))) {
            client.send("auth", Map.of("token", node.token("somebody-else")));
            client.await("error", error -> error.path("code").asString().equals("FORBIDDEN"));
            client.send("auth", Map.of("token", "no token"));
            client.await("error", error -> error.path("code").asString().equals("UNAUTHORIZED"));
            client.send("auth", Map.of("token", node.token(user)));
            assertThat(client.await("auth_ok").path("expires_at").asString()).endsWith("Z");
            assertThat(expiring.awaitClose()).isEqualTo(4401);
            client.settle();
        }
    }

    @Test
    void a_user_with_too_many_connections_is_closed_with_4429() {
        try (GatewayNode node = start("parley.limits.max-connections", "2");
                SocketClient first = SocketClient.connect(node, user);
                SocketClient second = SocketClient.connect(node, user);
                SocketClient third = SocketClient.connect(node, user);
                SocketClient other = SocketClient.connect(node, user + "-other")) {
            assertThat(third.awaitClose()).isEqualTo(4429);
            first.settle();
            second.settle();
            other.settle();
        }
    }

    /** The limit closes the ones that are too many, and none that was there before them. */
    @Test
    void of_many_that_connect_at_once_as_many_stay_as_are_allowed() throws Exception {
        try (GatewayNode node = start("parley.limits.max-connections", "5");
                ExecutorService pool = Executors.newFixedThreadPool(20)) {
            List<Future<SocketClient>> connecting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                connecting.add(pool.submit(() -> SocketClient.connect(node, user)));
            }
            List<SocketClient> clients = new ArrayList<>();
            for (Future<SocketClient> client : connecting) {
                clients.add(client.get(20, TimeUnit.SECONDS));
            }
            Await.until(
                    "15 are closed",
                    () -> clients.stream().filter(client -> !client.isOpen()).count() == 15);
            for (SocketClient client : clients) {
                if (client.isOpen()) {
                    client.settle().close();
                } else {
                    assertThat(client.awaitClose()).isEqualTo(4429);
                }
            }
        }
    }

    @Test
    void a_node_that_leaves_tells_every_client_when_to_come_back_and_closes_with_1012() {
        List<SocketClient> clients = new ArrayList<>();
        try (GatewayNode node = start("parley.gateway.socket.reconnect-spread-ms", "3000")) {
            for (int i = 0; i < 50; i++) {
                clients.add(SocketClient.connect(node, user + i));
            }
        }
        for (SocketClient client : clients) {
            assertThat(client.awaitClose()).isEqualTo(1012);
            JsonNode away = client.await("going_away");
            assertThat(away.path("reconnect_in_ms").asInt()).isBetween(0, 2_999);
        }
        assertThat(clients.stream()
                        .map(each ->
                                each.await("going_away").path("reconnect_in_ms").asInt())
                        .distinct())
                .hasSizeGreaterThan(10);
    }

    @Test
    void who_connects_while_the_node_leaves_is_refused_or_told_like_all_others() throws Exception {
        GatewayNode node = start("parley.gateway.socket.reconnect-spread-ms", "3000");
        List<SocketClient> clients = new CopyOnWriteArrayList<>();
        try (ExecutorService arrivals = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                arrivals.submit(() -> {
                    while (true) { // ends with the first refusal
                        clients.add(SocketClient.connect(node, Backends.unique("arrival")));
                    }
                });
            }
            Await.until("some are connected", () -> clients.size() >= 20);
            node.close();
        }
        for (SocketClient client : clients) {
            assertThat(client.awaitClose()).isEqualTo(1012);
            client.await("going_away");
        }
    }

    private GatewayNode start(String setting, String value) {
        return GatewayNode.start(backends, Map.of(setting, value));
    }
}
