package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.relay.HotStreams;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.CommandLog;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.SocketClient;
import dev.parley.gateway.testkit.SseClient;
import dev.parley.gateway.testkit.Worker;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.token.Role;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Chat over HTTP. */
@WithBackends
class ChatApiIT {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Backends backends;
    private final GatewayNode node;
    private final String user = Backends.unique("user");
    private final String message = Backends.unique("message");

    ChatApiIT(Backends backends) {
        this.backends = backends;
        this.node = GatewayNode.shared(backends);
    }

    @Test
    void a_response_has_events_with_type_seq_and_record_value_and_ends_with_the_stream() {
        try (SseClient client = chat("hello");
                Worker worker = worker()) {
            assertThat(client.status()).isEqualTo(200);
            assertThat(client.header("content-type")).isEqualTo("text/event-stream");
            assertThat(CommandLog.of(backends, user)
                            .await("chat_stream")
                            .path("message")
                            .asString())
                    .isEqualTo("hello");
            worker.start().chunks(50).complete();
            SseClient.Event first = Objects.requireNonNull(client.next());
            assertThat(first.type()).isEqualTo("stream_start");
            assertThat(first.id()).isZero();
            List<String> all = new ArrayList<>(List.of(first.data()));
            all.addAll(client.rest());
            assertThat(all).isEqualTo(worker.written());
        }
    }

    @Test
    void a_repeated_message_gets_the_same_answer_without_another_command() {
        try (Worker worker = worker();
                SseClient first = chat("hello")) {
            worker.start().chunks(3).complete();
            assertThat(first.rest()).isEqualTo(worker.written());
            try (SseClient second = chat("something else")) {
                assertThat(second.rest()).isEqualTo(worker.written());
            }
            assertThat(CommandLog.of(backends, user).types()).containsExactly("chat_stream");
        }
    }

    @Test
    void a_disconnect_stops_nothing_and_the_rest_can_be_read_later() {
        try (Worker worker = worker()) {
            try (SseClient client = chat("hello")) {
                worker.start().chunks(2).flush();
                assertThat(Objects.requireNonNull(client.next()).id()).isZero();
                assertThat(Objects.requireNonNull(client.next()).id()).isEqualTo(1);
            }
            worker.chunks(20).complete().flush();
            try (SseClient back = events("?after_seq=7", Map.of("Last-Event-ID", "1"))) {
                assertThat(back.rest()).isEqualTo(worker.written().subList(2, 24));
            }
            try (SseClient back = events("?after_seq=7", Map.of())) {
                assertThat(back.rest()).isEqualTo(worker.written().subList(8, 24));
            }
            assertThat(CommandLog.of(backends, user).types()).containsExactly("chat_stream");
        }
    }

    @Test
    void a_client_that_has_all_events_gets_204() {
        try (Worker worker = worker();
                SseClient client = chat("hello")) {
            worker.start().complete();
            assertThat(client.rest()).hasSize(2);
            assertThat(events("", Map.of("Last-Event-ID", "1")).status()).isEqualTo(204);
            assertThat(events("?after_seq=&speed=", Map.of()).rest()).isEqualTo(worker.written());
        }
    }

    @Test
    void a_replay_can_have_the_original_gaps() {
        try (Worker worker = worker();
                SseClient client = chat("hello")) {
            worker.start().flush();
            assertThat(Objects.requireNonNull(client.next()).id()).isZero();
            long firstAt = System.nanoTime();
            Pause.pass();
            worker.complete().flush();
            client.rest();
            long tookMs = (System.nanoTime() - firstAt) / 1_000_000;
            long since = System.nanoTime();
            try (SseClient replay = events("?speed=1", Map.of())) {
                assertThat(replay.rest()).isEqualTo(worker.written());
                assertThat((System.nanoTime() - since) / 1_000_000).isBetween(250L, tookMs + 2_000);
            }
        }
    }

    @Test
    void a_stop_is_answered_with_202_and_published() {
        String body = JSON.writeValueAsString(Map.of("message_id", message, "session_id", "s"));
        try (SseClient stopped = SseClient.post(node, user, "/api/chat/stop", body)) {
            assertThat(stopped.status()).isEqualTo(202);
            assertThat(JSON.readTree(stopped.text()).path("already_completed").asBoolean(true))
                    .isFalse();
        }
        assertThat(CommandLog.of(backends, user).types()).containsExactly("stop_generation");
    }

    @Test
    void another_users_stream_is_404() {
        try (Worker worker = worker();
                SseClient owner = chat("hello")) {
            worker.start().complete();
            assertThat(owner.rest()).hasSize(2);
            try (SseClient stranger =
                    SseClient.get(node, user + "-x", "/api/streams/" + message + "/events", Map.of())) {
                assertThat(stranger.status()).isEqualTo(404);
                assertThat(JSON.readTree(stranger.text()).path("code").asString())
                        .isEqualTo("STREAM_NOT_FOUND");
            }
        }
    }

    @Test
    void an_auditor_who_reads_a_stream_uses_a_connection_of_the_auditor() throws Exception {
        String auditor = Backends.unique("auditor");
        Relay relay = node.bean(Relay.class);
        HttpRequest watch = HttpRequest.newBuilder(node.uri("/api/streams/" + message + "/events?user_id=" + user))
                .header("Authorization", "Bearer " + node.token(auditor, Role.AUDITOR))
                .build();
        try (Worker worker = worker();
                HttpClient http = HttpClient.newHttpClient()) {
            worker.start().flush();
            HttpResponse<InputStream> watched = http.send(watch, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = watched.body()) {
                assertThat(watched.statusCode()).isEqualTo(200);
                assertThat(body.read()).isEqualTo('e');
                assertThat(relay.connectionsOf(new UserId(auditor))).isEqualTo(1);
                assertThat(relay.connectionsOf(new UserId(user))).isZero();
            }
        }
    }

    /** The reader claims more events than this gateway has, as if it had read further at another one, but the stream ends before that. */
    @Test
    void a_reader_that_is_ahead_of_the_end_is_refused_and_HEAD_gets_no_body() throws Exception {
        String message = Backends.unique("m");
        try (Worker worker = Worker.of(backends, user, "s", message)) {
            worker.start().chunk("one").flush();
            Await.until("it runs", () -> node.bean(HotStreams.class).hasBegun(StreamId.of(user, message)));
            String events = "/api/streams/" + message + "/events";
            HttpRequest head = HttpRequest.newBuilder(node.uri(events))
                    .header("Authorization", "Bearer " + node.token(user))
                    .HEAD()
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(head, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
            try (SseClient ahead = SseClient.get(node, user, events + "?after_seq=9", Map.of())) {
                assertThat(ahead.status()).isEqualTo(200);
                worker.complete().flush();
                List<SseClient.Event> told = ahead.untilItBreaksOff();
                assertThat(told).extracting(SseClient.Event::type).containsExactly("error");
                assertThat(told.getFirst().data()).contains("INVALID_MESSAGE_FORMAT", "after_seq");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "[]", "{}", "{\"message_id\":\"..\",\"session_id\":\"s\",\"message\":\"x\"}"})
    void a_malformed_body_is_400(String body) {
        try (SseClient client = SseClient.post(node, user, "/api/chat/stream", body)) {
            assertThat(client.status()).isEqualTo(400);
            assertThat(client.header("content-type")).isEqualTo("application/problem+json");
            assertThat(JSON.readTree(client.text()).path("code").asString()).isEqualTo("INVALID_MESSAGE_FORMAT");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32_769, 300_000})
    void a_message_that_is_too_long_is_413(int length) {
        try (SseClient client = chat("x".repeat(length))) {
            assertThat(client.status()).isEqualTo(413);
            assertThat(JSON.readTree(client.text()).path("code").asString()).isEqualTo("MESSAGE_TOO_LARGE");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "after_seq=-2",
        "after_seq=x",
        "after_seq=9223372036854775808",
        "speed=0",
        "speed=-1",
        "speed=x",
        "speed=NaN"
    })
    void a_malformed_parameter_is_400(String query) {
        try (SseClient client = events("?" + query, Map.of())) {
            assertThat(client.status()).isEqualTo(400);
        }
    }

    @Test
    void a_message_over_the_limit_is_429_with_the_time_to_retry() {
        try (GatewayNode strict = GatewayNode.start(backends, Map.of("parley.limits.messages-per-minute", "1"));
                SocketClient socket = SocketClient.connect(strict, user)) {
            socket.send("chat_stream", Map.of("message_id", "m", "session_id", "s", "message", "x"));
            socket.await("stream_acknowledged");
            try (SseClient client = SseClient.post(strict, user, "/api/chat/stream", body("hello"))) {
                assertThat(client.status()).isEqualTo(429);
                assertThat(Integer.parseInt(client.header("retry-after"))).isBetween(1, 60);
            }
        }
    }

    private SseClient chat(String text) {
        return SseClient.post(node, user, "/api/chat/stream", body(text));
    }

    private String body(String text) {
        return JSON.writeValueAsString(Map.of("message_id", message, "session_id", "s", "message", text));
    }

    private SseClient events(String query, Map<String, String> headers) {
        return SseClient.get(node, user, "/api/streams/" + message + "/events" + query, headers);
    }

    private Worker worker() {
        return Worker.of(backends, user, "s", message);
    }

    /** The test needs two events that are 300 ms apart. */
    private static final class Pause {

        static void pass() {
            long since = System.nanoTime();
            dev.parley.gateway.testkit.Await.until("300 ms are over", () -> System.nanoTime() - since > 300_000_000L);
        }
    }
}
