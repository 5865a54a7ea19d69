package dev.parley.gateway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.relay.HotStreams;
import dev.parley.gateway.tail.LogTail;
import dev.parley.gateway.tail.PastCommandsReader;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.CommandLog;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.Projected;
import dev.parley.gateway.testkit.SocketClient;
import dev.parley.gateway.testkit.Worker;
import dev.parley.schema.id.SessionKey;
import dev.parley.service.startup.RequiredThreads;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Queued messages, and message ids that are sent again, over HTTP and WebSocket. */
@WithBackends
class DuplicateMessagesIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Backends backends;
    private final GatewayNode node;
    private final String user = Backends.unique("user");

    DuplicateMessagesIT(Backends backends) {
        this.backends = backends;
        this.node = GatewayNode.shared(backends);
    }

    @Test
    void queued_messages_are_in_lists_and_exports_page_by_page_in_the_order_of_their_commands() throws Exception {
        try (SocketClient client = SocketClient.connect(node, user)) {
            for (int i = 0; i < 5; i++) {
                ask(client, "s" + i / 2, "m" + i, "question " + i);
            }
        }
        Await.until("the tail has read them", () -> waiting("s0") == 2 && waiting("s1") == 2 && waiting("s2") == 1);

        for (int limit : List.of(1, 2, 3, 50)) {
            assertThat(texts("/api/conversations", limit, "session_id"))
                    .as("conversations, %d a page", limit)
                    .containsExactly("s2", "s1", "s0");
            assertThat(texts("/api/conversations/s0/messages", limit, "content"))
                    .as("messages, %d a page", limit)
                    .containsExactly("question 0", "question 1");
        }
        JsonNode one = ok("/api/conversations/s1");
        assertThat(one.path("title").asString()).isEqualTo("question 2");
        assertThat(one.path("message_count").asInt()).isEqualTo(2);
        ok("/api/conversations/s1/messages").path("items").forEach(message -> {
            assertThat(message.path("status").asString()).isEqualTo("queued");
            assertThat(message.path("role").asString()).isEqualTo("user");
            assertThat(message.path("created_at").asString()).endsWith("Z");
        });
        JsonNode exported = ok("/api/conversations/s1/export");
        assertThat(exported.path("messages").size()).isEqualTo(2);
        assertThat(exported.path("messages").path(1).path("content").asString()).isEqualTo("question 3");
        assertThat(get("/api/conversations/s1/export?format=markdown").body())
                .startsWith("# question 2\n")
                .contains("question 2\n", "question 3\n");
    }

    @Test
    void an_id_of_a_deleted_conversation_is_a_new_message() throws Exception {
        SessionKey session = SessionKey.of(user, "s");
        try (SocketClient client = SocketClient.connect(node, user);
                Worker first = Worker.of(backends, user, "s", "m");
                Worker second = Worker.of(backends, user, "s", "m")) {
            assertThat(ask(client, "s", "m", "one").path("duplicate").asBoolean())
                    .isFalse();
            first.start().chunk("old answer").complete().flush();
            client.await("stream_complete");
            assertThat(ask(client, "s", "m", "one").path("duplicate").asBoolean())
                    .isTrue();

            client.send("join_session", Map.of("session_id", "s"));
            client.await("session_joined");
            HttpResponse<String> deleted =
                    HTTP.send(request("/api/conversations/s").DELETE().build(), HttpResponse.BodyHandlers.ofString());
            assertThat(deleted.statusCode()).isEqualTo(202);
            first.deleteConversation(CommandLog.of(backends, user).lastOffset("delete_conversation"))
                    .flush();
            client.await("conversation_deleted");

            assertThat(ask(client, "s", "m", "two").path("duplicate").asBoolean())
                    .isFalse();
            second.start(Long.MAX_VALUE).chunk("new answer").complete().flush();
            assertThat(client.await(
                                    "stream_complete",
                                    frame -> frame.path("full_content")
                                            .asString()
                                            .equals("new answer"))
                            .path("seq")
                            .asInt())
                    .isEqualTo(2);
            assertThat(CommandLog.of(backends, user).types())
                    .containsExactly("chat_stream", "delete_conversation", "chat_stream");
            assertThat(node.bean(HotStreams.class).unfinishedTurns(session)).isEmpty();
        }
    }

    @Test
    void while_the_past_is_being_read_only_an_id_that_nothing_else_can_decide_is_refused() throws Exception {
        Projected.everything(backends);
        Map<String, Object> storeIsDown = Map.of("mongodb.uri", "mongodb://127.0.0.1:1/parley");
        try (GatewayNode reading =
                GatewayNode.startCold(backends, storeIsDown, DuplicateMessagesIT::withoutPastCommands)) {
            Await.until("the tail is warm", () -> reading.bean(LogTail.class).isWarm());
            try (SocketClient client = SocketClient.connect(reading, user);
                    SocketClient other = SocketClient.connect(node, user)) {
                client.send("chat_stream", Map.of("message_id", "m", "session_id", "s", "message", "hi"));
                JsonNode refused = client.await("error");
                assertThat(refused.path("code").asString()).isEqualTo("UNAVAILABLE");
                assertThat(refused.path("message_id").asString()).isEqualTo("m");
                assertThat(refused.path("retryable").asBoolean()).isTrue();
                assertThat(refused.path("retry_after_ms").asInt()).isPositive();
                assertThat(CommandLog.of(backends, user).types())
                        .as("nothing was published")
                        .isEmpty();

                HttpResponse<String> overHttp = HTTP.send(
                        HttpRequest.newBuilder(reading.uri("/api/chat/stream"))
                                .header("Authorization", "Bearer " + reading.token(user))
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":\"hi\"}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(overHttp.statusCode()).isEqualTo(503);
                assertThat(JSON.readTree(overHttp.body()).path("code").asString())
                        .isEqualTo("UNAVAILABLE");
                assertThat(CommandLog.of(backends, user).types()).isEmpty();

                ask(other, "s", "known", "hi");
                client.send("chat_stream", Map.of("message_id", "known", "session_id", "s", "message", "hi"));
                assertThat(client.await("stream_acknowledged").path("duplicate").asBoolean())
                        .as("the tail has read it")
                        .isTrue();
                assertThat(CommandLog.of(backends, user).types()).containsExactly("chat_stream");
            }
        }
    }

    /** The node never reads the commands from before its start. */
    private static void withoutPastCommands(ConfigurableApplicationContext context) {
        context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
            @Override
            public @Nullable Object postProcessBeforeInitialization(Object bean, String name) {
                return bean instanceof PastCommandsReader
                        ? new PastCommandsReader(
                                () -> {
                                    throw new KafkaException("of the test");
                                },
                                () -> null,
                                new KnownMessageIds(100, () -> true),
                                RequiredThreads.endingNothing())
                        : bean;
            }
        });
    }

    private int waiting(String session) {
        return node.bean(HotStreams.class)
                .unfinishedTurns(SessionKey.of(user, session))
                .size();
    }

    /** Sends a message. @return the acknowledgement */
    private static JsonNode ask(SocketClient client, String session, String message, String text) {
        Predicate<String> acknowledged = frame -> frame.contains("\"stream_acknowledged\"");
        long before = client.frames().stream().filter(acknowledged).count();
        client.send("chat_stream", Map.of("message_id", message, "session_id", session, "message", text));
        List<String> all = client.awaitCount((int) before + 1, acknowledged);
        return JSON.readTree(all.getLast()).path("data");
    }

    /** The values of a field of every item, over all pages. */
    private List<String> texts(String path, int limit, String field) throws Exception {
        List<String> found = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = ok(path + "?limit=" + limit + cursor);
            assertThat(page.path("items").size()).isLessThanOrEqualTo(limit);
            page.path("items").forEach(item -> found.add(item.path(field).asString()));
            cursor = page.has("next_cursor")
                    ? "&cursor=" + page.path("next_cursor").asString()
                    : null;
        } while (cursor != null);
        return found;
    }

    private JsonNode ok(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(node.uri(path)).header("Authorization", "Bearer " + node.token(user));
    }
}
