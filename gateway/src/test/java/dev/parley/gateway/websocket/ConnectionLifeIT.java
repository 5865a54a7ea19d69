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

/** Heartbeats, and the ends of connections. */
@WithBackends
class ConnectionLifeIT {

    private final Backends backends;
    private final String user = Backends.unique("user");

    ConnectionLifeIT(Backends backends) {
        this.backends = backends;
    }

    @Test
    void a_client_that_never_reads_is_closed_with_4430_and_another_one_gets_every_event() throws Exception {
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
    void a_reader_whose_next_event_was_evicted_gets_the_close_frame() throws Exception {
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
                    "the first events are evicted",
                    () -> relay.streams().hasBegun(StreamId.of(user, "m"))
                            && !relay.streams().hasEventsFrom(StreamId.of(user, "m"), 50));
            assertThat(slow.readCloseCode()).isEqualTo(4430);
        }
    }

    @Test
    void a_client_that_does_not_answer_pings_is_closed_with_4408() throws Exception {
        try (GatewayNode node = start("parley.gateway.socket.heartbeat-ms", "500");
                SocketClient answering = SocketClient.connect(node, user);
                RawSocket silent = RawSocket.open(node, user)) {
            assertThat(answering.await("connect").path("heartbeat_ms").asInt()).isEqualTo(500);
            assertThat(silent.readCloseCode()).isEqualTo(4408);
            assertThat(answering.settle().isOpen()).isTrue();
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
    void a_new_token_keeps_the_socket_open_and_another_users_or_an_invalid_one_is_refused() {
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

    /** The limit closes only the connections that exceed it. */
    @Test
    void of_many_connections_at_once_as_many_stay_as_are_allowed() throws Exception {
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
    void a_stopping_node_tells_every_client_when_to_reconnect_and_closes_with_1012() {
        List<SocketClient> clients = new ArrayList<>();
        try (GatewayNode node = start("parley.gateway.socket.reconnect-spread-ms", "3000")) {
            for (int i = 0; i < 50; i++) {
                clients.add(SocketClient.connect(node, user + i));
            }
        }
        for (SocketClient client : clients) {
            assertThat(client.awaitClose()).isEqualTo(1012);
            JsonNode goingAway = client.await("going_away");
            assertThat(goingAway.path("reconnect_in_ms").asInt()).isBetween(0, 2_999);
        }
        assertThat(clients.stream()
                        .map(each ->
                                each.await("going_away").path("reconnect_in_ms").asInt())
                        .distinct())
                .hasSizeGreaterThan(10);
    }

    @Test
    void a_client_that_connects_while_the_node_stops_is_refused_or_asked_to_reconnect() throws Exception {
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
