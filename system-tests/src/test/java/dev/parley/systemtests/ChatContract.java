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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client may rely on in every setup. After each test the checker compares all frames, records and documents of the test's users,
 * so the tests do not repeat that seqs are gapless, frames are the records' bytes, texts are their chunks and digests are right.
 */
abstract class ChatContract extends SystemTest {

    private static final int MAX_ANSWER_CHARS = 262_144;
    private static final Map<String, String> FAKE_MODEL = Map.of("provider", "openai");

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

    @Test
    void messages_of_one_session_are_answered_one_after_the_other() throws Exception {
        ChatClient anna = connect("anna");
        List<ReceivedStream> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(anna.ask("s-1", Script.of(20, 100).message()));
        }

        answers.getLast().awaitEnd();

        List<String> ids = anna.frames().stream()
                .filter(frame -> frame.seq() >= 0)
                .map(frame -> frame.text("message_id"))
                .map(Objects::requireNonNull)
                .toList();
        assertThat(ids.stream().distinct())
                .containsExactlyElementsOf(
                        answers.stream().map(ReceivedStream::messageId).toList());
        assertThat(changes(ids)).isEqualTo(2);
    }

    @Test
    void a_stop_before_the_first_token_ends_it_without_text() throws Exception {
        ChatClient anna = connect("anna");
        ReceivedStream answer = anna.ask(Script.of(10, 100).firstDelayMs(60_000).message());
        answer.awaitStart();

        anna.stop(answer);

        Frame end = answer.awaitEnd(Duration.ofSeconds(5));
        assertThat(end.type()).isEqualTo("generation_stopped");
        assertThat(end.text("partial_content")).isEmpty();
        assertThat(end.text("reason")).isEqualTo("user_cancelled");
        answer.awaitReply("stop_acknowledged", 1);
    }

    @InEachSetup
    @Test
    void a_stop_keeps_the_text_up_to_then() throws Exception {
        Script script = Script.of(1000, 50);
        ChatClient anna = connect("anna");
        ReceivedStream answer = anna.ask(script.message());
        answer.awaitChunks(10);

        anna.stop(answer);

        Frame end = answer.awaitEnd(Duration.ofSeconds(5));
        assertThat(end.type()).isEqualTo("generation_stopped");
        assertThat(script.text()).startsWith(answer.text());
        assertThat(answer.text()).startsWith(script.text(10)).isEqualTo(end.text("partial_content"));
    }

    @Test
    void a_repeated_stop_changes_nothing() throws Exception {
        ChatClient anna = connect("anna");
        ReceivedStream answer = anna.ask(Script.of(1000, 50).message());
        answer.awaitChunks(3);

        anna.stop(answer);
        anna.stop(answer);
        answer.awaitEnd(Duration.ofSeconds(5));
        answer.awaitReply("stop_acknowledged", 2);
        anna.stop(answer);

        Frame late = answer.awaitReply("stop_acknowledged", 3);
        assertThat(late.data().path("already_completed").asBoolean(false)).isTrue();
    }

    @Test
    void a_stop_closes_the_connection_to_the_model() throws Exception {
        Plan plan = Plan.of(5, Duration.ZERO, Ending.HANG);
        String message = parley().model().plan(plan);
        ChatClient anna = connect("anna");
        ReceivedStream answer = anna.ask("s-1", newId(), message, FAKE_MODEL);
        answer.awaitChunks(1);

        anna.stop(answer);

        parley().model().awaitHungUp(message);
        assertThat(answer.awaitEnd(Duration.ofSeconds(5)).type()).isEqualTo("generation_stopped");
    }

    @Test
    void a_stop_through_any_gateway_ends_it() throws Exception {
        ChatClient here = connect("anna");
        ChatClient there = connect(here.user(), parley().gateways().getLast());
        ReceivedStream answer = here.ask(Script.of(1000, 50).message());
        answer.awaitChunks(3);

        there.stop(answer.sessionId(), answer.messageId()).awaitReply("stop_acknowledged", 1);

        assertThat(answer.awaitEnd(Duration.ofSeconds(5)).type()).isEqualTo("generation_stopped");
    }

    @Test
    void a_stop_before_its_message_ends_it_without_a_token() throws Exception {
        ChatClient anna = connect("anna");
        String message = newId();
        anna.stop("s-1", message).awaitReply("stop_acknowledged", 1);

        ReceivedStream answer = anna.ask("s-1", message, Script.of(100, 50).message(), Map.of());

        assertThat(answer.awaitEnd().type()).isEqualTo("generation_stopped");
        assertThat(answer.text()).isEmpty();
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

    @InEachSetup
    @Test
    void the_same_message_id_again_is_the_same_stream() throws Exception {
        Plan plan = Plan.of(40, Duration.ofMillis(20), Ending.DONE);
        String message = parley().model().plan(plan);
        ChatClient here = connect("anna");
        ChatClient there = connect(here.user(), parley().gateways().getLast());
        String id = newId();

        ReceivedStream first = here.ask("s-1", id, message, FAKE_MODEL);
        first.awaitChunks(2);
        ReceivedStream again = there.ask("s-1", id, message, FAKE_MODEL);
        here.ask("s-1", id, "and now something else", Map.of());

        assertThat(first.awaitEnd().text("full_content")).isEqualTo(plan.text());
        assertThat(again.awaitEnd().text("full_content")).isEqualTo(plan.text());
        assertThat(again.events().getFirst().seq()).isZero();
        assertThat(again.awaitAcknowledged().data().path("duplicate").asBoolean(false))
                .isTrue();
        assertThat(parley().model().requests(message)).hasSize(1);
    }

    @InEachSetup
    @Test
    void an_id_of_a_deleted_conversation_is_answered_again() throws Exception {
        Script before = Script.of(20, 200);
        Script after = Script.of(30, 200);
        ChatClient anna = connect("anna");
        String id = newId();
        anna.join("s-1");
        anna.awaitFrame("session_joined");
        anna.ask("s-1", id, before.message(), Map.of()).awaitEnd();

        assertThat(delete(anna, "s-1")).isEqualTo(202);
        anna.awaitFrame("conversation_deleted");
        ChatClient again = connect(anna.user(), parley().gateways().getLast());
        ReceivedStream answer = again.ask("s-2", id, after.message(), Map.of());

        assertThat(answer.awaitEnd().text("full_content")).isEqualTo(after.text());
        assertThat(answer.events().getFirst().seq()).isZero();
        assertThat(answer.awaitAcknowledged().data().path("duplicate").asBoolean(true))
                .isFalse();
        ChatClient later = connect(anna.user(), parley().gateways().getFirst());
        ReceivedStream repeat = later.ask("s-1", id, before.message(), Map.of());
        assertThat(repeat.awaitEnd().text("full_content")).isEqualTo(after.text());
        assertThat(repeat.awaitAcknowledged().data().path("duplicate").asBoolean(false))
                .isTrue();
    }

    private static int delete(ChatClient client, String session) throws Exception {
        URI address = URI.create("http://" + client.gateway().getAuthority() + "/api/conversations/" + session);
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(address)
                    .header("Authorization", "Bearer " + Tokens.of(client.user()))
                    .timeout(Duration.ofSeconds(30))
                    .DELETE()
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    @InEachSetup
    @Test
    void another_user_can_neither_read_nor_stop_a_stream() throws Exception {
        Script script = Script.of(60, 100);
        ChatClient anna = connect("anna");
        ChatClient eve = connect(user("eve"), parley().gateways().getLast());
        eve.join("shared");
        eve.awaitFrame("session_joined");
        ReceivedStream answer = anna.ask("shared", script.message());
        answer.awaitChunks(5);

        eve.resume("shared", answer.messageId(), -1);
        eve.stop("shared", answer.messageId()).awaitReply("stop_acknowledged", 1);

        assertThat(answer.awaitEnd().text("full_content")).isEqualTo(script.text());
        assertThat(eve.frames()).noneMatch(frame -> frame.seq() >= 0);
    }

    @Test
    void a_second_tab_receives_the_streams_of_a_joined_session() throws Exception {
        Script script = Script.of(40, 100);
        ChatClient tab = connect("anna");
        ChatClient other = connect(tab.user(), parley().gateways().getLast());
        other.join("s-1");
        other.awaitFrame("session_joined");

        ReceivedStream answer = tab.ask("s-1", script.message());

        answer.awaitEnd();
        ReceivedStream seen = other.stream("s-1", answer.messageId());
        seen.awaitEnd();
        assertThat(seen.events()).hasSameSizeAs(answer.events());
        assertThat(seen.text()).isEqualTo(script.text());
    }

    @InEachSetup
    @Test
    void a_client_that_lost_its_socket_resumes_where_it_was() throws Exception {
        Script script = Script.of(300, 100);
        ChatClient lost = connect("anna");
        ReceivedStream before = lost.ask("s-1", script.message());
        long last = before.awaitChunks(30).seq();
        lost.close();

        ChatClient back = connect(lost.user(), parley().gateways().getLast());
        ReceivedStream after = back.resume("s-1", before.messageId(), last);

        assertThat(after.awaitEnd().text("full_content")).isEqualTo(script.text());
        assertThat(after.events().getFirst().seq()).isEqualTo(last + 1);
        assertThat(after.awaitReply("resumed", 1).data().path("live").asBoolean(false))
                .isTrue();
    }

    @InEachSetup
    @Test
    void the_model_gets_the_earlier_turns() throws Exception {
        Plan plan = Plan.of(3, Duration.ZERO, Ending.DONE);
        String first = parley().model().plan(plan);
        String second = parley().model().plan(plan);
        ChatClient anna = connect("anna");
        anna.ask("s-1", newId(), first, FAKE_MODEL).awaitEnd();

        anna.ask("s-1", newId(), second, FAKE_MODEL).awaitEnd();

        assertThat(told(second)).containsSubsequence(first, plan.text(), second);
    }

    @InEachSetup
    @Test
    void killing_all_processes_loses_nothing_and_the_session_continues() throws Exception {
        restart(parley()::killAll);
    }

    interface End {
        void everything() throws InterruptedException;
    }

    final void restart(End end) throws Exception {
        Plan plan = Plan.of(10, Duration.ZERO, Ending.DONE);
        String before = parley().model().plan(plan);
        String after = parley().model().plan(plan);
        ChatClient anna = connect("anna");
        anna.ask("s-1", newId(), before, FAKE_MODEL).awaitEnd();
        ReceivedStream failed = anna.ask("s-2", Script.of(20, 200).failAt(9).message());
        ReceivedStream stopped = anna.ask("s-3", Script.of(1000, 50).message());
        stopped.awaitChunks(5);
        anna.stop(stopped);
        stopped.awaitEnd();
        failed.awaitEnd();
        var kept = awaitDocuments().messages();

        end.everything();
        parley().startAll();

        assertThat(awaitDocuments().messages()).containsAllEntriesOf(kept);
        ChatClient back = connect(anna.user(), parley().gateways().getLast());
        assertThat(back.ask("s-1", newId(), after, FAKE_MODEL).awaitEnd().type())
                .isEqualTo("stream_complete");
        assertThat(told(after)).containsSubsequence(before, plan.text(), after);
    }

    URI gateway(int n) {
        List<URI> all = parley().gateways();
        return all.get(n % all.size());
    }

    static String newId() {
        return UUID.randomUUID().toString();
    }

    /** The texts in the model's request for a message. */
    private List<String> told(String message) {
        JsonNode messages = parley().model().requests(message).getFirst().path("messages");
        return messages.valueStream()
                .map(each -> each.path("content").asString(""))
                .toList();
    }

    private static int textBytes(Frame chunk) {
        String json = chunk.data().path("content").toString();
        return json.getBytes(StandardCharsets.UTF_8).length - 2;
    }

    private static long changes(List<String> ids) {
        long changes = 0;
        for (int i = 1; i < ids.size(); i++) {
            changes += ids.get(i).equals(ids.get(i - 1)) ? 0 : 1;
        }
        return changes;
    }
}
