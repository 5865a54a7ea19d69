package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.CommandLog;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.SocketClient;
import dev.parley.schema.id.UserId;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The limits of a user, on one gateway and over two. */
@WithBackends
class LimitsIT {

    private final Backends backends;
    private final String user = Backends.unique("user");

    LimitsIT(Backends backends) {
        this.backends = backends;
    }

    @Test
    void messages_per_minute_are_counted_over_two_gateways_and_duplicates_do_not_count() {
        Map<String, Object> settings =
                Map.of("parley.limits.messages-per-minute", "4", "parley.limits.stops-per-minute", "2");
        try (GatewayNode one = GatewayNode.start(backends, settings);
                GatewayNode other = GatewayNode.start(backends, settings);
                SocketClient here = SocketClient.connect(one, user);
                SocketClient there = SocketClient.connect(other, user)) {
            assertThat(here.await("connect")
                            .path("limits")
                            .path("messages_per_minute")
                            .asInt())
                    .isEqualTo(4);
            for (int i = 0; i < 4; i++) {
                here.send("chat_stream", chat("m" + i));
            }
            here.awaitCount(4, frame -> frame.contains("stream_acknowledged"));
            there.send("join_session", Map.of("session_id", "s"));
            there.send("resume", Map.of("message_id", "m3", "session_id", "s"));
            there.settle();
            awaitKnown(there, "m3");

            there.send("chat_stream", chat("m4"));
            JsonNode refused = there.await(
                    "error", data -> data.path("message_id").asString().equals("m4"));
            assertThat(refused.path("code").asString()).isEqualTo("RATE_LIMIT_EXCEEDED");
            assertThat(refused.path("retryable").asBoolean()).isTrue();
            assertThat(refused.path("retry_after_ms").asInt()).isBetween(1, 60_000);
            there.send("chat_stream", chat("m0"));
            assertThat(there.await("stream_acknowledged").path("duplicate").asBoolean())
                    .isTrue();

            for (int i = 0; i < 3; i++) {
                there.send("stop_generation", Map.of("session_id", "s", "message_id", "unknown-" + i));
            }
            assertThat(there.await(
                                    "error",
                                    data -> data.path("message_id").asString().equals("unknown-2"))
                            .path("code")
                            .asString())
                    .isEqualTo("RATE_LIMIT_EXCEEDED");
            there.awaitCount(2, frame -> frame.contains("stop_acknowledged"));
            assertThat(CommandLog.of(backends, user).types()).hasSize(6);
        }
    }

    @Test
    void a_message_that_two_tabs_send_at_once_counts_once_on_one_gateway_and_on_two() {
        Map<String, Object> settings = Map.of("parley.limits.messages-per-minute", "2");
        try (GatewayNode one = GatewayNode.start(backends, settings);
                GatewayNode other = GatewayNode.start(backends, settings);
                SocketClient here = SocketClient.connect(one, user);
                SocketClient secondTab = SocketClient.connect(one, user);
                SocketClient there = SocketClient.connect(other, user)) {
            for (String message : new String[] {"first", "last"}) {
                for (SocketClient tab : new SocketClient[] {here, secondTab, there}) {
                    tab.send("chat_stream", chat(message));
                }
            }
            for (SocketClient tab : new SocketClient[] {here, secondTab, there}) {
                tab.awaitCount(2, frame -> frame.contains("stream_acknowledged"));
                assertThat(tab.frames()).noneMatch(frame -> frame.contains("RATE_LIMIT_EXCEEDED"));
                tab.send("chat_stream", chat("too-many"));
                assertThat(tab.await("error").path("code").asString()).isEqualTo("RATE_LIMIT_EXCEEDED");
            }
        }
    }

    @Test
    void connections_are_counted_over_two_gateways_and_a_closed_one_no_longer_counts() throws Exception {
        Map<String, Object> settings = Map.of("parley.limits.max-connections", "2");
        GatewayNode one = GatewayNode.start(backends, settings);
        try (GatewayNode other = GatewayNode.start(backends, settings)) {
            ChatService there = other.bean(ChatService.class);
            UserId id = new UserId(user);
            try (one;
                    SocketClient first = SocketClient.connect(one, user);
                    SocketClient second = SocketClient.connect(one, user)) {
                Await.until("the other gateway knows both", () -> there.remoteConnectionsOf(id) == 2);
                try (SocketClient third = SocketClient.connect(other, user)) {
                    assertThat(third.awaitClose()).isEqualTo(4429);
                }
                assertThat(eventStream(other)).isEqualTo(429);
                second.settle();

                first.drop();
                Await.until("the other gateway knows that one is closed", () -> there.remoteConnectionsOf(id) == 1);
                try (SocketClient third = SocketClient.connect(other, user)) {
                    third.settle();
                }
            }
            Await.until("a stopped gateway has no connections", () -> there.remoteConnectionsOf(id) == 0);
        }
    }

    private int eventStream(GatewayNode node) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(node.uri("/api/streams/m/events"))
                    .header("Authorization", "Bearer " + node.token(user))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    @Test
    void frames_of_one_connection_are_limited() {
        try (GatewayNode node = GatewayNode.start(
                        backends,
                        Map.of(
                                "parley.gateway.socket.frame-burst", "5",
                                "parley.gateway.socket.frames-per-second", "1"));
                SocketClient flood = SocketClient.connect(node, user);
                SocketClient neighbour = SocketClient.connect(node, user)) {
            for (int i = 0; i < 20; i++) {
                flood.send("ping", Map.of("t", i));
            }
            assertThat(flood.await("error").path("code").asString()).isEqualTo("RATE_LIMIT_EXCEEDED");
            neighbour.settle();
        }
    }

    private static void awaitKnown(SocketClient client, String message) {
        Await.until(message + " is known here", () -> {
            client.send("resume", Map.of("message_id", message, "session_id", "s"))
                    .settle();
            return client.frames().stream().anyMatch(frame -> frame.contains("\"resumed\"") && frame.contains(message));
        });
    }

    private static Map<String, Object> chat(String message) {
        return Map.of("message_id", message, "session_id", "s", "message", "hi");
    }
}
