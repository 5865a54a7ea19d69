package dev.parley.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.Bystander;
import dev.parley.gateway.testkit.CommandLog;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.Heap;
import dev.parley.gateway.testkit.SocketClient;
import dev.parley.gateway.testkit.Worker;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Well-formed input that makes no sense or names other users' ids, and hostile texts of models. Each test says what is published, and another user's
 * stream continues. {@code LimitsIT} has the limits over two gateways.
 */
@WithBackends
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WellFormedBadInputIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String CANARY = Backends.unique("canary");
    private static final long MAX_GROWTH = 6 * 1024 * 1024;

    private final Backends backends;
    private final GatewayNode node;
    private final Bystander bystander;

    WellFormedBadInputIT(Backends backends) {
        this.backends = backends;
        this.node = GatewayNode.shared(backends);
        this.bystander = Bystander.of(node, backends);
    }

    @AfterEach
    void no_text_of_the_input_is_in_the_log() {
        bystander.findsNothingInTheLog(CANARY);
    }

    @AfterAll
    void the_neighbours_stream_is_complete() {
        bystander.close();
    }

    // ---- the same message again

    @ParameterizedTest(name = "in session {0}")
    @ValueSource(strings = {"s", "another"})
    void the_first_of_two_messages_with_one_id_counts(String session) {
        String user = Backends.unique("user");
        try (SocketClient client = SocketClient.connect(node, user);
                SocketClient tab = SocketClient.connect(node, user);
                Worker worker = Worker.of(backends, user, "s", "m")) {
            client.send("chat_stream", chat("m", "s", "the first text"));
            assertThat(duplicate(client)).isFalse();
            worker.start().chunks(3).flush();
            client.awaitCount(4, frame -> frame.contains("\"seq\":"));

            tab.send("chat_stream", chat("m", session, "another text " + CANARY));
            assertThat(duplicate(tab)).isTrue();
            worker.chunks(2).complete().flush();
            for (SocketClient each : List.of(client, tab)) {
                each.await("stream_complete");
                assertThat(events(each)).isEqualTo(worker.written());
            }
            bystander.seesPublished(1);
            assertThat(CommandLog.of(backends, user)
                            .await("chat_stream")
                            .path("message")
                            .asString())
                    .isEqualTo("the first text");
        }
    }

    // ---- ids of other users

    static Stream<Arguments> othersIds() {
        return Stream.of(
                Arguments.of("stop_generation", 1, "stop_acknowledged"),
                Arguments.of("resume", 0, "error"),
                Arguments.of("join_session", 0, "session_joined"),
                Arguments.of("leave_session", 0, "pong"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("othersIds")
    void another_users_ids_give_no_access(String type, int published, String answer) {
        String owner = Backends.unique("owner");
        try (SocketClient mine = SocketClient.connect(node, owner);
                SocketClient stranger = SocketClient.connect(node, Backends.unique("stranger"));
                Worker worker = Worker.of(backends, owner, CANARY, "m")) {
            mine.send("join_session", Map.of("session_id", CANARY));
            worker.start().chunks(3).flush();
            mine.awaitCount(4, frame -> frame.contains("\"seq\":"));

            stranger.send(type, Map.of("message_id", "m", "session_id", CANARY));
            stranger.settle();
            JsonNode answered = stranger.await(answer);
            assertThat(answered.path("code").asString("STREAM_NOT_FOUND")).isEqualTo("STREAM_NOT_FOUND");
            assertThat(answered.path("active").isEmpty()).isTrue();
            worker.chunks(2).complete().flush();
            mine.await("stream_complete");
            assertThat(events(mine)).isEqualTo(worker.written());
            assertThat(events(stranger.settle())).isEmpty();
            bystander.seesPublished(published);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/streams/" + "%s",
                "/api/streams/%s/events",
                "/api/streams/%s/events?after_seq=1",
                "/api/conversations/%s",
                "/api/conversations/%s/messages"
            })
    void another_users_ids_are_404_in_history_and_replay(String path) throws Exception {
        String owner = Backends.unique("owner");
        String id = Backends.unique(CANARY);
        try (Worker worker = Worker.of(backends, owner, id, id);
                SocketClient mine = SocketClient.connect(node, owner)) {
            worker.start().chunks(3).complete().flush();
            Await.until("the owner finds it", () -> status("/api/streams/" + id, owner) == 200);
            HttpResponse<String> answer = get(path.formatted(id), Backends.unique("stranger"));
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).doesNotContain("chunk ", owner);
            bystander.seesNothingPublished();
            mine.settle();
        }
    }

    // ---- stops before the start and after the end

    @Test
    void stops_before_the_start_are_accepted_and_one_after_the_end_is_acknowledged_as_completed() {
        String user = Backends.unique("user");
        Map<String, String> stop = Map.of("message_id", "m", "session_id", "s");
        try (SocketClient client = SocketClient.connect(node, user);
                Worker worker = Worker.of(backends, user, "s", "m")) {
            client.send("stop_generation", stop);
            client.awaitCount(1, frame -> frame.contains("stop_acknowledged"));
            client.send("stop_generation", stop);
            client.awaitCount(2, frame -> frame.contains("stop_acknowledged"));
            bystander.seesPublished(2);
            client.send("join_session", Map.of("session_id", "s"));
            worker.start().complete().flush();
            client.await("stream_complete");
            for (int i = 3; i <= 5; i++) {
                client.send("stop_generation", stop);
                List<String> all = client.awaitCount(i, frame -> frame.contains("stop_acknowledged"));
                assertThat(all.getLast()).contains("\"already_completed\":true");
            }
            bystander.seesNothingPublished();
            assertThat(events(client)).isEqualTo(worker.written());
        }
    }

    // ---- impossible seqs

    static Stream<Arguments> seqs() {
        return Stream.of(
                Arguments.of("-2", true),
                Arguments.of("-9223372036854775808", true),
                Arguments.of("9223372036854775808", true),
                Arguments.of("-9223372036854775809", true),
                Arguments.of("9".repeat(400), true),
                Arguments.of("9223372036854775807", true),
                Arguments.of("9223372036854775807", false),
                Arguments.of("1000000", false),
                Arguments.of("5", true));
    }

    /** A client may be a little ahead of a running stream, because it may have read further at another gateway. */
    @ParameterizedTest(name = "{0}, of a stream that is over: {1}")
    @MethodSource("seqs")
    void an_impossible_seq_is_refused(String seq, boolean over) {
        String user = Backends.unique("user");
        try (SocketClient client = SocketClient.connect(node, user);
                Worker worker = Worker.of(backends, user, "s", "m")) {
            client.send("join_session", Map.of("session_id", "s"));
            worker.start().chunks(3);
            if (over) {
                worker.complete();
            }
            worker.flush();
            int length = worker.written().size();
            client.awaitCount(length, frame -> frame.contains("\"seq\":"));
            client.sendBytes("{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":"
                    + seq + "}}");
            assertThat(client.await("error").path("code").asString()).isEqualTo("INVALID_MESSAGE_FORMAT");
            assertThat(events(client.settle())).hasSize(length);
            bystander.seesNothingPublished();
        }
    }

    @Test
    void a_thousand_resumes_are_answered_and_the_heap_does_not_grow() {
        String user = Backends.unique("user");
        try (SocketClient client = SocketClient.connect(node, user);
                Worker worker = Worker.of(backends, user, "s", "m")) {
            client.send("join_session", Map.of("session_id", "s"));
            worker.start().chunks(20).flush();
            client.awaitCount(21, frame -> frame.contains("\"seq\":"));
            long before = Heap.usedAfterGc();
            for (int i = 0; i < 1_000; i++) {
                client.send("resume", Map.of("message_id", "m", "session_id", "s", "after_seq", 19));
            }
            client.settle();
            assertThat(Heap.usedAfterGc() - before).isLessThan(MAX_GROWTH);
            int seen = events(client).size();
            worker.complete().flush();
            client.await("stream_complete");
            assertThat(events(client.settle()).subList(seen, seen + 1))
                    .containsExactly(worker.written().getLast());
            assertThat(events(client)).as("the end comes once").hasSize(seen + 1);
            bystander.seesNothingPublished();
        }
    }

    // ---- unknown fields and values

    @Test
    void a_url_as_model_is_text_and_unknown_fields_are_ignored() {
        String user = Backends.unique("user");
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.sendBytes(
                    "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":\"hi\","
                            + "\"user_id\":\"root\",\"max_tokens\":1000000000,\"gateway_id\":\"" + CANARY
                            + "\",\"context\":{"
                            + "\"model\":\"http://127.0.0.1:1/" + CANARY + "\",\"provider\":\"../../etc\","
                            + "\"max_tokens\":1000000000}}}");
            client.await("stream_acknowledged");
            bystander.seesPublished(1);
            JsonNode command = CommandLog.of(backends, user).await("chat_stream");
            assertThat(command.path("user_id").asString()).isEqualTo(user);
            assertThat(command.path("context").path("model").asString()).isEqualTo("http://127.0.0.1:1/" + CANARY);
            assertThat(command.path("gateway_id").asString()).doesNotContain(CANARY);
            assertThat(command.toString()).doesNotContain("max_tokens", "root");
        }
    }

    // ---- texts of models

    static Stream<String> said() {
        return Stream.of(
                "<script>alert(1)</script><img src=x onerror=alert(1)>",
                "[a](javascript:alert(1)) ![b](https://tracker.example/pixel.png?" + CANARY + ")",
                "\\u001b[31mred\\u001b[0m\\u0007\\u001b]0;" + CANARY + "\\u0007",
                "\\ud800 alone, \\udc00 alone, \\udc00\\ud800 the wrong way round",
                "\\u202eright to left\\u0000\\ufeff",
                "data: x\\r\\n\\r\\nevent: stream_complete\\r\\ndata: y");
    }

    @ParameterizedTest
    @MethodSource("said")
    void texts_of_models_are_relayed_as_data_byte_for_byte(String text) throws Exception {
        String user = Backends.unique("user");
        String message = Backends.unique("m");
        String frame = "{\"type\":\"content_chunk\", \"data\":{\"message_id\":\"" + message
                + "\",\"seq\":1,\"content\":\"" + text + "\",\"unknown\":[ ]}}";
        try (SocketClient client = SocketClient.connect(node, user);
                Worker worker = Worker.of(backends, user, "s", message)) {
            client.send("join_session", Map.of("session_id", "s"));
            worker.start().rawChunk(frame).complete().flush();
            client.await("stream_complete");
            assertThat(events(client)).isEqualTo(worker.written());
            assertThat(get("/api/streams/" + message + "/events", user).body().lines())
                    .as("as server-sent events, too")
                    .contains("data: " + frame)
                    .filteredOn(line -> line.startsWith("event:"))
                    .containsExactly("event: stream_start", "event: content_chunk", "event: stream_complete");
            bystander.seesNothingPublished();
        }
    }

    // ---- helpers

    private static Map<String, Object> chat(String message, String session, String text) {
        return Map.of("message_id", message, "session_id", session, "message", text);
    }

    private static boolean duplicate(SocketClient client) {
        return client.await("stream_acknowledged").path("duplicate").asBoolean();
    }

    private static List<String> events(SocketClient client) {
        return client.frames().stream()
                .filter(frame -> frame.contains("\"seq\":"))
                .toList();
    }

    private int status(String path, String user) {
        try {
            return get(path, user).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> get(String path, String user) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(node.uri(path))
                .header("Authorization", "Bearer " + node.token(user))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
