package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.ReceivedStream;
import dev.parley.systemtests.client.Tokens;
import dev.parley.systemtests.model.Plan;
import dev.parley.systemtests.model.Plan.Ending;
import dev.parley.systemtests.script.Script;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * What a client may rely on in every setup. After each test the checker compares all frames, records and documents of the test's users,
 * so the tests do not repeat that seqs are gapless, frames are the records' bytes, texts are their chunks and digests are right.
 */
abstract class ChatContract extends StopContract {

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

    /** The texts in the model's request for a message. */
    private List<String> told(String message) {
        JsonNode messages = parley().model().requests(message).getFirst().path("messages");
        return messages.valueStream()
                .map(each -> each.path("content").asString(""))
                .toList();
    }

    private static long changes(List<String> ids) {
        long changes = 0;
        for (int i = 1; i < ids.size(); i++) {
            changes += ids.get(i).equals(ids.get(i - 1)) ? 0 : 1;
        }
        return changes;
    }
}
