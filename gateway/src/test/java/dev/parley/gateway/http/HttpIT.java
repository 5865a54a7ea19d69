package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.MetricsPage;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.testkit.CommandLog;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.SocketClient;
import dev.parley.gateway.testkit.Worker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The HTTP calls against a real gateway and store. */
@WithBackends
class HttpIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Backends backends;
    private final GatewayNode node;
    private final String user = Backends.unique("us/er%");

    HttpIT(Backends backends) {
        this.backends = backends;
        this.node = GatewayNode.shared(backends);
    }

    @Test
    void a_development_token_opens_a_socket() throws Exception {
        HttpResponse<String> answer = post("/api/dev/token", "{\"user_id\":\"" + user + "\",\"ttl_s\":60}");
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode issued = JSON.readTree(answer.body());
        assertThat(issued.path("user_id").asString()).isEqualTo(user);
        assertThat(issued.path("expires_in_s").asInt()).isEqualTo(60);
        assertThat(Instant.parse(issued.path("expires_at").asString())).isAfter(Instant.now());
        try (SocketClient client =
                SocketClient.connectWithToken(node, issued.path("token").asString())) {
            assertThat(client.await("connect").path("user_id").asString()).isEqualTo(user);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "{}",
                "{\"user_id\":\"\"}",
                "{\"user_id\":\"a\",\"roles\":[\"king\"]}",
                "{\"user_id\":\"a\",\"priority\":\"most\"}",
                "{\"user_id\":\"a\",\"ttl_s\":0}",
                "{\"user_id\":\"a\\ud800\"}"
            })
    void a_malformed_token_request_is_400_with_a_code(String body) throws Exception {
        HttpResponse<String> answer = post("/api/dev/token", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(JSON.readTree(answer.body()).path("code").asString()).isEqualTo("INVALID_MESSAGE_FORMAT");
    }

    @Test
    void a_foreign_page_gets_no_development_token() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(node.uri("/api/dev/token"))
                .header("Origin", "https://evil.example")
                .POST(HttpRequest.BodyPublishers.ofString("{\"user_id\":\"a\"}"))
                .build();
        assertThat(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void without_the_setting_there_are_no_development_tokens() throws Exception {
        try (GatewayNode closed = GatewayNode.start(backends, Map.of("parley.dev.token-endpoint", "false"))) {
            HttpRequest request = HttpRequest.newBuilder(closed.uri("/api/dev/token"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"user_id\":\"a\"}"))
                    .build();
            assertThat(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void without_a_token_history_is_401_with_a_code() throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(node.uri("/api/conversations")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("www-authenticate")).hasValue("Bearer");
        assertThat(JSON.readTree(answer.body()).path("code").asString()).isEqualTo("UNAUTHORIZED");
    }

    @Test
    void only_the_users_own_conversations_are_listed_newest_first_page_by_page() throws Exception {
        for (int i = 0; i < 5; i++) {
            putConversation(user, "s" + i, i / 2);
        }
        putConversation(user + "x", "foreign", 9);
        List<String> listed = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = ok("/api/conversations?limit=2" + cursor);
            assertThat(page.path("items").size()).isLessThanOrEqualTo(2);
            page.path("items")
                    .forEach(each -> listed.add(each.path("session_id").asString()));
            cursor = page.has("next_cursor")
                    ? "&cursor=" + page.path("next_cursor").asString()
                    : null;
        } while (cursor != null);
        assertThat(listed).containsExactly("s4", "s2", "s3", "s0", "s1");
        JsonNode one = ok("/api/conversations/s4");
        assertThat(one.path("title").asString()).isEqualTo("about s4");
        assertThat(one.path("message_count").asInt()).isEqualTo(2);
        assertThat(one.path("created_at").asString()).isEqualTo("2026-01-01T00:00:00.000Z");
    }

    @Test
    void messages_are_listed_oldest_first_two_per_turn_and_page_by_page() throws Exception {
        putConversation(user, "s", 0);
        for (int i = 0; i < 3; i++) {
            putTurn(user, "s", "m" + i, i);
        }
        List<String> contents = new ArrayList<>();
        String cursor = "";
        int pages = 0;
        do {
            JsonNode page = ok("/api/conversations/s/messages?limit=1" + cursor);
            assertThat(page.path("items").size()).isEqualTo(1);
            contents.add(page.path("items").path(0).path("role").asString() + " "
                    + page.path("items").path(0).path("content").asString());
            cursor = page.has("next_cursor")
                    ? "&cursor=" + page.path("next_cursor").asString()
                    : null;
            pages++;
        } while (cursor != null);
        assertThat(pages).isEqualTo(6);
        assertThat(contents)
                .containsExactly(
                        "user asked m0",
                        "assistant answered m0",
                        "user asked m1",
                        "assistant answered m1",
                        "user asked m2",
                        "assistant answered m2");
        JsonNode answer = ok("/api/conversations/s/messages").path("items").path(1);
        assertThat(answer.path("status").asString()).isEqualTo("error");
        assertThat(answer.path("error").path("code").asString()).isEqualTo("WORKER_LOST");
        assertThat(answer.path("created_at").asString()).isEqualTo("2026-01-01T00:00:00.000Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "foreign", "a%20b", "..%2fx"})
    void an_unknown_or_foreign_conversation_is_404(String session) throws Exception {
        putConversation(user + "x", "foreign", 0);
        for (String path : List.of("/api/conversations/" + session + "/messages", "/api/conversations/" + session)) {
            HttpResponse<String> answer = get(node, path);
            assertThat(answer.statusCode()).isIn(404, 400);
        }
        assertProblem(
                get(node, "/api/conversations/" + session.replace("..%2f", "") + "/messages?cursor=MTow"),
                404,
                "SESSION_NOT_FOUND");
        HttpResponse<String> answer = get(node, "/api/conversations/foreign/messages");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(answer.body()).path("code").asString()).isEqualTo("SESSION_NOT_FOUND");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=201", "limit=x", "cursor=%21", "cursor=AAAA"})
    void a_malformed_parameter_is_400(String query) throws Exception {
        HttpResponse<String> answer = get(node, "/api/conversations?" + query);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).path("code").asString()).isEqualTo("INVALID_MESSAGE_FORMAT");
    }

    @Test
    void a_blank_parameter_counts_as_absent() throws Exception {
        putConversation(user, "s", 0);
        assertThat(ok("/api/conversations?cursor=&limit=").path("items").size()).isEqualTo(1);
        assertThat(ok("/api/conversations/s/messages?limit=&cursor=%20")
                        .path("items")
                        .size())
                .isZero();
        assertThat(ok("/api/conversations/s/export?format=").path("session_id").asString())
                .isEqualTo("s");
    }

    @Test
    void the_status_of_a_stream_comes_from_memory_while_it_runs_and_later_from_the_store() throws Exception {
        String message = Backends.unique("message");
        Instant began = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try (SocketClient client = SocketClient.connect(node, user);
                Worker worker = Worker.of(backends, user, "s", message)) {
            client.send("chat_stream", Map.of("message_id", message, "session_id", "s", "message", "hi"));
            client.await("stream_acknowledged");
            JsonNode queued = ok("/api/streams/" + message);
            assertThat(queued.path("status").asString()).isEqualTo("queued");
            assertThat(queued.path("last_seq").asInt()).isEqualTo(-1);
            worker.start().chunks(3).flush();
            client.awaitCount(4, frame -> frame.contains("\"seq\":"));
            JsonNode streaming = ok("/api/streams/" + message);
            assertThat(streaming.path("status").asString()).isEqualTo("streaming");
            assertThat(streaming.path("last_seq").asInt()).isEqualTo(3);
            assertThat(streaming.path("ai_message_id").asString()).isEqualTo("ai-" + message);
            assertThat(streaming.path("provider").asString()).isEqualTo("scripted");
            assertThat(streaming.has("ended_at")).isFalse();
            worker.complete();
            client.await("stream_complete");
            JsonNode complete = ok("/api/streams/" + message);
            assertThat(complete.path("status").asString()).isEqualTo("complete");
            assertThat(complete.path("attempts").asInt()).isEqualTo(1);
            // the brokers' time, whatever time the worker wrote
            assertThat(Instant.parse(complete.path("ended_at").asString()))
                    .isAfterOrEqualTo(Instant.parse(complete.path("started_at").asString()))
                    .isBetween(began, Instant.now());
        }
        putTurn(user, "s", "stored", 7);
        JsonNode stored = ok("/api/streams/stored");
        assertThat(stored.path("status").asString()).isEqualTo("error");
        assertThat(stored.path("provider").asString()).isEqualTo("scripted");
        assertThat(get(node, "/api/streams/unknown").statusCode()).isEqualTo(404);
    }

    @Test
    void deleting_a_conversation_is_202_and_publishes_a_command() throws Exception {
        putConversation(user, "stored", 0);
        assertThat(delete(node, "stored").statusCode()).isEqualTo(202);
        assertThat(CommandLog.of(backends, user)
                        .await("delete_conversation")
                        .path("session_id")
                        .asString())
                .isEqualTo("stored");
    }

    @Test
    void a_conversation_that_only_the_log_has_can_be_deleted_and_an_unknown_one_is_404() throws Exception {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.send("chat_stream", Map.of("message_id", "m", "session_id", "fresh", "message", "hi"));
            client.await("stream_acknowledged");
        }
        assertThat(delete(node, "fresh").statusCode()).isEqualTo(202);
        assertProblem(delete(node, "unknown"), 404, "SESSION_NOT_FOUND");
        assertThat(CommandLog.of(backends, user).types()).containsExactly("chat_stream", "delete_conversation");
    }

    private HttpResponse<String> delete(GatewayNode at, String session) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(at.uri("/api/conversations/" + session))
                        .header("Authorization", "Bearer " + at.token(user))
                        .DELETE()
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Errors of Spring and of the web server. None repeats a text of the request. */
    @ParameterizedTest
    @CsvSource({
        "PUT, /api/conversations/secret, 405, INVALID_MESSAGE_FORMAT",
        "GET, /api/secret, 404, INVALID_MESSAGE_FORMAT",
        "GET, /secret, 404, INVALID_MESSAGE_FORMAT",
        "POST, /index.html?secret, 405, INVALID_MESSAGE_FORMAT",
        "GET, /error?secret, 404, INVALID_MESSAGE_FORMAT",
        "GET, /api/conversations?user_id=secret%ff, 400, INVALID_MESSAGE_FORMAT",
        "GET, /api/conversations?cursor=secret%ff, 400, INVALID_MESSAGE_FORMAT"
    })
    void every_error_is_a_problem_document_with_a_code(String method, String path, int status, String code)
            throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(node.uri(path))
                        .header("Authorization", "Bearer " + node.token(user))
                        .header("Accept", "text/html")
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertProblem(answer, status, code);
        assertThat(answer.headers().firstValue("allow").isPresent()).isEqualTo(status == 405);
    }

    /** Documents that no projection writes cause unexpected errors. */
    @Test
    void unexpected_errors_are_problem_documents_too() throws Exception {
        put(
                "conversations",
                new Document("_id", key(user) + "/s").append("user_id", user).append("title", 5));
        assertProblem(get(node, "/api/conversations"), 500, "INTERNAL_ERROR");

        put("stream_archive", new Document("_id", key(user) + "/secret#0").append("parts", 1));
        assertProblem(get(node, "/api/streams/secret/events"), 500, "INTERNAL_ERROR");
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("code").asString()).isEqualTo(code);
        assertThat(problem.path("title").asString()).isNotEmpty();
        assertThat(answer.body()).doesNotContain("secret", "Exception", "null");
    }

    @Test
    void without_a_database_history_is_503_and_chat_works() throws Exception {
        try (GatewayNode withoutStore =
                GatewayNode.start(backends, Map.of("mongodb.uri", "mongodb://127.0.0.1:1/parley"))) {
            HttpResponse<String> answer = get(withoutStore, "/api/conversations");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(JSON.readTree(answer.body()).path("code").asString()).isEqualTo("DATABASE_ERROR");
            assertThat(delete(withoutStore, "perhaps").statusCode()).isEqualTo(202);
            try (SocketClient client = SocketClient.connect(withoutStore, user)) {
                client.send("chat_stream", Map.of("message_id", "m", "session_id", "s", "message", "hi"));
                client.await("stream_acknowledged");
            }
        }
    }

    @Test
    void the_page_may_load_nothing_from_other_origins() throws Exception {
        HttpResponse<String> page =
                HTTP.send(HttpRequest.newBuilder(node.uri("/")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-security-policy"))
                .hasValueSatisfying(policy ->
                        assertThat(policy).startsWith("default-src 'self';").doesNotContain("unsafe"));
        assertThat(page.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    }

    @Test
    void operators_see_health_and_metrics_on_their_own_port() throws Exception {
        URI management = URI.create("http://127.0.0.1:" + node.managementPort());
        for (String path : List.of("/actuator/health/liveness", "/actuator/health/readiness")) {
            HttpResponse<String> health = HTTP.send(
                    HttpRequest.newBuilder(management.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(health.statusCode()).as(path).isEqualTo(200);
        }
        String metrics = HTTP.send(
                        HttpRequest.newBuilder(management.resolve("/actuator/prometheus"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(metrics)
                .contains("parley_gateway_relay_latency_seconds_bucket")
                .contains("kafka_consumer_fetch_manager_records_lag_max{client_id=\"parley-gateway-tail\"")
                .contains("kafka_producer_record_send_total{client_id=\"parley-gateway-commands\"")
                .contains("mongodb_driver_pool_size")
                .doesNotContainPattern("parley_[a-z_]+(\\{.*})? NaN");
        assertThat(MetricsPage.documented("parley_gateway_"))
                .containsAllEntriesOf(MetricsPage.scraped(metrics, "parley_gateway_"));
    }

    private JsonNode ok(String path) throws Exception {
        HttpResponse<String> answer = get(node, path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> get(GatewayNode from, String path) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(from.uri(path))
                        .header("Authorization", "Bearer " + from.token(user))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(node.uri(path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void putConversation(String owner, String session, int minute) {
        put(
                "conversations",
                new Document("_id", key(owner) + "/" + session)
                        .append("user_id", owner)
                        .append("session_id", session)
                        .append("title", "about " + session)
                        .append("created_at", Date.from(Instant.parse("2026-01-01T00:00:00Z")))
                        .append(
                                "updated_at",
                                Date.from(Instant.parse("2026-01-01T00:00:00Z").plusSeconds(60L * minute)))
                        .append("message_count", 2));
    }

    private void putTurn(String owner, String session, String message, long offset) {
        put(
                "messages",
                new Document("_id", key(owner) + "/" + message)
                        .append("user_id", owner)
                        .append("session_id", session)
                        .append("conversation", key(owner) + "/" + session)
                        .append("message_id", message)
                        .append("ai_message_id", "ai-" + message)
                        .append("message", "asked " + message)
                        .append("content", "answered " + message)
                        .append("status", "error")
                        .append("error", new Document("code", "WORKER_LOST").append("details", null))
                        .append("metadata", new Document("provider", "scripted").append("model", "test"))
                        .append("created_at", Date.from(Instant.parse("2026-01-01T00:00:00Z")))
                        .append("first_offset", offset));
    }

    private static String key(String owner) {
        return owner.replace("%", "%25").replace("/", "%2F");
    }

    private void put(String collection, Document document) {
        try (MongoClient client = MongoClients.create(backends.mongoUri())) {
            MongoDatabase database = client.getDatabase("parley");
            database.getCollection(collection).deleteOne(new Document("_id", document.get("_id")));
            database.getCollection(collection).insertOne(document);
        }
    }
}
