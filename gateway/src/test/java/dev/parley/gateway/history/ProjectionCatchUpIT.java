package dev.parley.gateway.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.tail.LogTail;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.Projected;
import dev.parley.gateway.testkit.SocketClient;
import dev.parley.gateway.testkit.Worker;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway starts while the projection has not yet read what was in the log. */
@WithBackends
class ProjectionCatchUpIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final List<String> LOOKUPS = List.of(
            "/api/conversations",
            "/api/conversations/s",
            "/api/conversations/s/messages",
            "/api/conversations/s/export",
            "/api/streams/nothing",
            "/api/streams/nothing/audit",
            "/api/streams/nothing/events");

    private final Backends backends;
    private final String user = Backends.unique("user");
    private final String group = Backends.unique("projection");

    ProjectionCatchUpIT(Backends backends) {
        this.backends = backends;
    }

    @Test
    void what_may_not_be_projected_yet_is_503_and_not_404_until_the_projection_has_caught_up() throws Exception {
        try (Worker worker = Worker.of(backends, user, "other", "m")) {
            Projected.upTo(backends, group, 0);
            worker.start().complete().flush();
        }
        try (GatewayNode node = GatewayNode.startCold(backends, Map.of("parley.projection.group", group));
                SocketClient client = SocketClient.connect(node, user)) {
            Await.until("the gateway is warm", () -> node.bean(LogTail.class).isWarm());
            for (String lookup : LOOKUPS) {
                HttpResponse<String> answer = get(node, lookup);
                assertThat(answer.statusCode()).as(lookup).isEqualTo(503);
                JsonNode problem = JSON.readTree(answer.body());
                assertThat(problem.path("code").asString()).as(lookup).isEqualTo("DATABASE_ERROR");
                assertThat(problem.path("retryable").asBoolean()).as(lookup).isTrue();
                assertThat(problem.path("retry_after_ms").asInt()).as(lookup).isPositive();
                assertThat(answer.headers().firstValue("Retry-After"))
                        .as(lookup)
                        .isPresent();
            }
            client.send("resume", Map.of("session_id", "s", "message_id", "nothing"));
            JsonNode refused = client.await("error");
            assertThat(refused.path("code").asString()).isEqualTo("DATABASE_ERROR");
            assertThat(refused.path("retry_after_ms").asInt()).isPositive();
            assertThat(get(node, "/api/streams/m").statusCode())
                    .as("what the log of the last minutes has is known")
                    .isEqualTo(200);

            Projected.upTo(backends, group, Long.MAX_VALUE);
            Await.until("unknown is unknown", () -> status(node, "/api/conversations/s") == 404);
            for (String lookup : LOOKUPS) {
                assertThat(status(node, lookup)).as(lookup).isEqualTo(lookup.equals("/api/conversations") ? 200 : 404);
            }
            client.send("resume", Map.of("session_id", "s", "message_id", "nothing"));
            client.await("error", error -> error.path("code").asString().equals("STREAM_NOT_FOUND"));
        }
    }

    private int status(GatewayNode node, String path) {
        try {
            return get(node, path).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> get(GatewayNode node, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(node.uri(path))
                .header("Authorization", "Bearer " + node.token(user))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
