package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedStream;
import dev.parley.systemtests.model.Plan;
import dev.parley.systemtests.model.Plan.Ending;
import dev.parley.systemtests.script.Script;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a client may rely on in every setup about stops. */
abstract class StopContract extends AnswerContract {

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
}
