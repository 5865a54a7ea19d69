package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedStream;
import dev.parley.systemtests.client.Tokens;
import dev.parley.systemtests.model.Plan;
import dev.parley.systemtests.model.Plan.Ending;
import dev.parley.systemtests.script.Script;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What a client may rely on in every setup about single answers: their events, their text, and failures of the model. */
abstract class AnswerContract extends SystemTest {
    private static final int MAX_ANSWER_CHARS = 262_144;
    static final Map<String, String> FAKE_MODEL = Map.of("provider", "openai");

    @InEachSetup
    @Test
    void an_answer_is_streamed_completely() throws Exception {
        Script script = Script.of(80, 200);
        ChatClient anna = connect("anna");

        ReceivedStream answer = anna.ask(script.message());

        Frame end = answer.awaitEnd();
        assertThat(end.type()).isEqualTo("stream_complete");
        assertThat(end.text("full_content")).isEqualTo(script.text());
        assertThat(answer.text()).isEqualTo(script.text());
        assertThat(answer.awaitAcknowledged().data().path("duplicate").asBoolean(true))
                .isFalse();
        Frame start = answer.events().getFirst();
        assertThat(start.type()).isEqualTo("stream_start");
        assertThat(start.seq()).isZero();
        assertThat(start.text("message")).isEqualTo(script.message());
        assertThat(start.text("user_id")).isEqualTo(anna.user());
        assertThat(start.text("ai_message_id"))
                .isEqualTo(end.text("ai_message_id"))
                .isNotBlank();
        assertThat(start.data().path("metadata").path("provider").stringValue()).isEqualTo("scripted");
    }

    @InEachSetup
    @Test
    void the_first_frame_names_the_user_and_the_limits() throws Exception {
        ChatClient anna = connect("anna");

        Frame connect = anna.frames().getFirst();

        assertThat(connect.type()).isEqualTo("connect");
        assertThat(connect.text("user_id")).isEqualTo(anna.user());
        assertThat(connect.data().path("limits").path("max_message_chars").intValue())
                .isEqualTo(32_768);
        assertThat(anna.subprotocol()).isEqualTo("parley.v1");
        anna.send("ping", Map.of("t", 42));
        assertThat(anna.awaitFrame("pong").data().path("t").intValue()).isEqualTo(42);
    }

    @InEachSetup
    @Test
    void reasoning_is_sent_if_it_is_requested() throws Exception {
        Script script = Script.of(5, 200).thinking(3);
        ChatClient anna = connect("anna");

        ReceivedStream with = anna.ask("s-1", newId(), script.message(), Map.of("enable_reasoning", true));
        ReceivedStream without = anna.ask("s-2", newId(), script.message(), Map.of());

        with.awaitEnd();
        without.awaitEnd();
        assertThat(with.awaitEvents("thinking_chunk", 3)
                        .data()
                        .path("reasoning_step")
                        .path("step_number")
                        .intValue())
                .isGreaterThanOrEqualTo(3);
        assertThat(without.events()).noneMatch(frame -> frame.type().equals("thinking_chunk"));
        assertThat(with.text()).isEqualTo(without.text()).isEqualTo(script.text());
    }

    @Test
    void a_chunk_costs_about_a_hundred_bytes_beyond_its_text() throws Exception {
        ReceivedStream answer = connect("anna").ask(Script.of(100, 100).message());
        answer.awaitEnd();

        List<Frame> chunks = answer.events().stream()
                .filter(frame -> frame.type().equals("content_chunk"))
                .toList();

        assertThat(chunks).hasSizeGreaterThan(20);
        assertThat(chunks)
                .allSatisfy(chunk ->
                        assertThat(chunk.bytes().length - textBytes(chunk)).isLessThanOrEqualTo(112));
    }

    private static int textBytes(Frame chunk) {
        String json = chunk.data().path("content").toString();
        return json.getBytes(StandardCharsets.UTF_8).length - 2;
    }

    @InEachSetup
    @Test
    void one_piece_of_ten_megabytes_arrives_in_small_events_on_a_socket_and_over_http() throws Exception {
        Plan plan = Plan.inOnePiece(10_000_000);
        String longest = plan.text().substring(0, MAX_ANSWER_CHARS);
        ChatClient anna = connect("anna");
        String message = parley().model().plan(plan);
        String overHttp = newId();

        ReceivedStream onSocket = anna.ask("s-1", newId(), message, FAKE_MODEL);
        List<String> lines = chatOverHttp(anna.user(), overHttp, message);

        Frame end = onSocket.awaitEnd();
        assertThat(end.type()).isEqualTo("stream_complete");
        assertThat(end.data().path("metadata").path("finish_reason").stringValue())
                .isEqualTo("length");
        assertThat(onSocket.text()).isEqualTo(end.text("full_content")).isEqualTo(longest);
        assertThat(onSocket.events())
                .filteredOn(frame -> frame.type().equals("content_chunk"))
                .allSatisfy(chunk -> assertThat(chunk.bytes().length).isLessThanOrEqualTo(16_384 + 250));
        assertThat(anna.state()).isEqualTo("connected");
        ReceivedStream replayed = connect(anna.user(), gateway(1)).resume("s-1", onSocket.messageId(), -1);
        replayed.awaitEnd();
        assertThat(replayed.text()).isEqualTo(longest);
        ReceivedStream asked = connect(anna.user(), gateway(1)).resume("s-http", overHttp, -1);
        assertThat(asked.awaitEnd().text("full_content")).isEqualTo(longest);
        assertThat(lines.stream()
                        .filter(line -> line.startsWith("data: "))
                        .map(line -> line.substring("data: ".length())))
                .as("what came over HTTP")
                .containsExactlyElementsOf(asked.events().stream()
                        .map(frame -> new String(frame.bytes(), StandardCharsets.UTF_8))
                        .toList());
    }

    /** The lines of the whole answer. */
    private List<String> chatOverHttp(String user, String messageId, String message) throws Exception {
        String body = new JsonMapper()
                .writeValueAsString(Map.of(
                        "message_id", messageId, "session_id", "s-http", "message", message, "context", FAKE_MODEL));
        URI gateway = gateway(0);
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<Stream<String>> response = http.send(
                    HttpRequest.newBuilder(URI.create("http://" + gateway.getAuthority())
                                    .resolve("/api/chat/stream"))
                            .header("Authorization", "Bearer " + Tokens.of(user))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofLines());
            assertThat(response.statusCode()).isEqualTo(200);
            return response.body().toList();
        }
    }

    @InEachSetup
    @Test
    void many_concurrent_streams_are_exact() throws Exception {
        Map<ReceivedStream, Script> asked = new LinkedHashMap<>();
        for (int user = 0; user < 12; user++) {
            ChatClient client = connect(user("user" + user), gateway(user));
            for (int session = 0; session < 3; session++) {
                Script script = Script.of(100, 100).firstDelayMs(session * 50);
                asked.put(client.ask(script.message()), script);
            }
        }

        for (Map.Entry<ReceivedStream, Script> each : asked.entrySet()) {
            assertThat(each.getKey().awaitEnd().text("full_content"))
                    .isEqualTo(each.getValue().text());
        }
    }

    @InEachSetup
    @Test
    void an_answer_over_http_is_relayed_completely() throws Exception {
        Plan plan = Plan.of(60, Duration.ofMillis(5), Ending.DONE);
        ReceivedStream answer =
                connect("anna").ask("s-1", newId(), parley().model().plan(plan), FAKE_MODEL);

        Frame end = answer.awaitEnd();

        assertThat(end.type()).isEqualTo("stream_complete");
        assertThat(answer.text()).isEqualTo(plan.text());
        assertThat(end.data().path("metadata").path("tokens").path("completion").intValue())
                .isEqualTo(60);
    }

    @Test
    void an_answer_that_ends_at_once_takes_one_call() throws Exception {
        Plan plan = Plan.of(1, Duration.ZERO, Ending.DONE);
        ChatClient anna = connect("anna");
        Map<String, ReceivedStream> asked = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            String message = parley().model().plan(plan);
            asked.put(message, anna.ask("s-" + i, newId(), message, FAKE_MODEL));
        }

        for (Map.Entry<String, ReceivedStream> each : asked.entrySet()) {
            assertThat(each.getValue().awaitEnd().text("full_content")).isEqualTo(plan.text());
            assertThat(parley().model().requests(each.getKey())).hasSize(1);
        }
        anna.ask("s-0", Script.of(1, 100).message()).awaitEnd();
        assertThat(histories()).hasSize(11).allMatch(stream -> stream.dropped().isEmpty());
    }

    @Test
    void the_text_of_a_failed_answer_is_kept() throws Exception {
        Script script = Script.of(50, 200).failAt(20);
        ReceivedStream answer = connect("anna").ask(script.message());

        Frame end = answer.awaitEnd();

        assertThat(end.type()).isEqualTo("stream_error");
        assertThat(end.text("partial_content")).isEqualTo(script.text(20));
        assertThat(end.data().path("error").path("code").stringValue()).isEqualTo("AI_PROVIDER_UNAVAILABLE");
        assertThat(end.data().path("error").path("recoverable").asBoolean(false))
                .isTrue();
    }

    @Test
    void the_text_is_kept_when_the_connection_to_the_model_breaks() throws Exception {
        Plan plan = Plan.of(25, Duration.ofMillis(10), Ending.CUT);
        ReceivedStream answer =
                connect("anna").ask("s-1", newId(), parley().model().plan(plan), FAKE_MODEL);

        Frame end = answer.awaitEnd();

        assertThat(end.type()).isEqualTo("stream_error");
        assertThat(end.text("partial_content")).isEqualTo(plan.text());
    }

    @Test
    void a_model_that_refuses_is_retried_a_limited_number_of_times() throws Exception {
        String message = parley().model().plan(Plan.refuse());
        ChatClient anna = connect("anna");
        ReceivedStream answer = anna.ask("s-1", newId(), message, FAKE_MODEL);

        answer.awaitChunks(1); // of the next provider in the chain
        anna.stop(answer);
        answer.awaitEnd();

        assertThat(parley().model().requests(message)).hasSizeBetween(1, 5);
    }

    URI gateway(int n) {
        List<URI> all = parley().gateways();
        return all.get(n % all.size());
    }

    static String newId() {
        return UUID.randomUUID().toString();
    }
}
