package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.testkit.CommandLog;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.SocketClient;
import dev.parley.gateway.testkit.Worker;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** One user's chat through a real gateway and a real broker. The test writes the events as a worker does. */
@WithBackends
class ChatIT {

    private final Backends backends;
    private final GatewayNode node;
    private final String user = Backends.unique("user");
    private final String session = "session-1";
    private final String message = Backends.unique("message");
    private CommandLog commands;

    ChatIT(Backends backends) {
        this.backends = backends;
        this.node = GatewayNode.shared(backends);
    }

    @BeforeEach
    void readCommands() {
        commands = CommandLog.of(backends, user);
    }

    @Test
    void the_first_frame_has_the_user_and_the_limits() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            JsonNode connect = client.await("connect");
            assertThat(client.subprotocol()).isEqualTo("parley.v1");
            assertThat(connect.path("user_id").asString()).isEqualTo(user);
            assertThat(connect.path("heartbeat_ms").asInt()).isEqualTo(25_000);
            assertThat(connect.path("limits").path("max_message_chars").asInt()).isEqualTo(32_768);
            assertThat(client.frames().getFirst()).startsWith("{\"type\":\"connect\"");
        }
    }

    @Test
    void a_message_becomes_a_command_and_is_acknowledged_when_the_broker_has_it() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.send("chat_stream", chat("hello"));
            JsonNode acknowledged = client.await("stream_acknowledged");
            assertThat(acknowledged.path("message_id").asString()).isEqualTo(message);
            assertThat(acknowledged.path("session_id").asString()).isEqualTo(session);
            assertThat(acknowledged.path("duplicate").asBoolean()).isFalse();

            JsonNode command = commands.await("chat_stream");
            assertThat(command.path("user_id").asString()).isEqualTo(user);
            assertThat(command.path("message").asString()).isEqualTo("hello");
            assertThat(command.path("priority").asString()).isEqualTo("high");
            assertThat(command.path("on_busy").asString()).isEqualTo("enqueue");
            assertThat(command.path("gateway_id").asString()).isNotEmpty();
            assertThat(command.path("submitted_at").asString()).endsWith("Z");
        }
    }

    @Test
    void the_sender_gets_the_record_values_byte_for_byte() {
        try (SocketClient client = SocketClient.connect(node, user);
                Worker worker = worker()) {
            client.send("chat_stream", chat("hello"));
            client.await("stream_acknowledged");
            worker.start().keepalive().chunks(300).complete();
            assertThat(client.awaitCount(302, ChatIT::isEvent)).isEqualTo(worker.written());
        }
    }

    @Test
    void a_stop_is_acknowledged_and_written_with_the_session_of_the_stream() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.send("chat_stream", chat("hello"));
            client.await("stream_acknowledged");
            client.send("stop_generation", Map.of("message_id", message, "session_id", "another"));
            JsonNode stopped = client.await("stop_acknowledged");
            assertThat(stopped.path("already_completed").asBoolean()).isFalse();
            JsonNode command = commands.await("stop_generation");
            assertThat(command.path("message_id").asString()).isEqualTo(message);
            assertThat(command.path("session_id").asString()).isEqualTo(session);
        }
    }

    @Test
    void a_stop_of_an_unknown_stream_is_written_too() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.send("stop_generation", Map.of("message_id", message, "session_id", session));
            client.await("stop_acknowledged");
            assertThat(commands.await("stop_generation").path("session_id").asString())
                    .isEqualTo(session);
        }
    }

    @Test
    void a_stop_after_the_end_is_acknowledged_as_completed_and_not_written() {
        try (SocketClient client = SocketClient.connect(node, user);
                Worker worker = worker()) {
            client.send("chat_stream", chat("hello"));
            worker.start().chunk("hi").complete();
            client.await("stream_complete");
            client.send("stop_generation", Map.of("message_id", message, "session_id", session));
            assertThat(client.await("stop_acknowledged")
                            .path("already_completed")
                            .asBoolean())
                    .isTrue();
            client.send("chat_stream", Map.of("message_id", message + "b", "session_id", session, "message", "x"));
            commands.await(
                    "chat_stream", data -> data.path("message_id").asString().equals(message + "b"));
            assertThat(commands.types()).doesNotContain("stop_generation");
        }
    }

    @Test
    void a_repeated_message_is_a_duplicate_and_its_stream_is_sent_only_to_sockets_that_do_not_have_it() {
        try (SocketClient first = SocketClient.connect(node, user);
                SocketClient second = SocketClient.connect(node, user);
                Worker worker = worker()) {
            first.send("chat_stream", chat("hello"));
            worker.start().chunks(3).complete();
            first.awaitCount(5, ChatIT::isEvent);

            second.send("chat_stream", chat("another text"));
            assertThat(second.await("stream_acknowledged").path("duplicate").asBoolean())
                    .isTrue();
            assertThat(second.awaitCount(5, ChatIT::isEvent)).isEqualTo(worker.written());

            first.send("chat_stream", chat("hello"));
            first.await("stream_acknowledged", data -> data.path("duplicate").asBoolean());
            assertThat(first.settle().awaitCount(5, ChatIT::isEvent)).isEqualTo(worker.written());
            assertThat(commands.types()).containsExactly("chat_stream");
        }
    }

    @Test
    void a_session_member_gets_active_and_new_streams_of_others_from_tsuccessor_start() {
        try (SocketClient sender = SocketClient.connect(node, user);
                SocketClient early = SocketClient.connect(node, user);
                SocketClient late = SocketClient.connect(node, user);
                Worker worker = worker()) {
            early.send("join_session", Map.of("session_id", session));
            assertThat(early.await("session_joined").path("active").size()).isZero();
            sender.send("chat_stream", chat("hello"));
            worker.start().chunks(5).flush();
            sender.awaitCount(6, ChatIT::isEvent);

            late.send("join_session", Map.of("session_id", session));
            JsonNode active = late.await("session_joined").path("active");
            assertThat(active.size()).isEqualTo(1);
            assertThat(active.path(0).path("message_id").asString()).isEqualTo(message);
            assertThat(active.path(0).path("ai_message_id").asString()).isEqualTo("ai-" + message);

            worker.chunks(5).complete();
            assertThat(early.awaitCount(12, ChatIT::isEvent)).isEqualTo(worker.written());
            assertThat(late.awaitCount(12, ChatIT::isEvent)).isEqualTo(worker.written());
        }
    }

    @Test
    void a_socket_that_left_a_session_gets_no_more_of_it() {
        try (SocketClient sender = SocketClient.connect(node, user);
                SocketClient other = SocketClient.connect(node, user);
                Worker worker = worker()) {
            other.send("join_session", Map.of("session_id", session));
            other.await("session_joined");
            sender.send("chat_stream", chat("hello"));
            worker.start().flush();
            other.await("stream_start");
            other.send("leave_session", Map.of("session_id", session)).settle();
            worker.chunks(3).complete();
            sender.await("stream_complete");
            assertThat(other.settle().frames().stream().filter(ChatIT::isEvent)).hasSize(1);
        }
    }

    @Test
    void another_user_gets_nothing_whatever_ids_it_names() {
        try (SocketClient owner = SocketClient.connect(node, user);
                SocketClient stranger = SocketClient.connect(node, Backends.unique("stranger"));
                Worker worker = worker()) {
            Map<String, String> ids = Map.of("message_id", message, "session_id", session);
            stranger.send("join_session", Map.of("session_id", session));
            owner.send("chat_stream", chat("hello"));
            worker.start().chunks(3).flush();
            owner.awaitCount(4, ChatIT::isEvent);
            stranger.send("resume", ids);
            stranger.await("error", data -> data.path("code").asString().equals("STREAM_NOT_FOUND"));
            stranger.send("stop_generation", ids);
            stranger.await(
                    "stop_acknowledged", data -> !data.path("already_completed").asBoolean());
            worker.complete();
            owner.await("stream_complete");
            assertThat(stranger.settle().frames()).noneMatch(ChatIT::isEvent);
            assertThat(commands.types()).containsExactly("chat_stream");
        }
    }

    @Test
    void a_resume_sends_the_exact_rest_and_marks_the_end_of_the_past() {
        try (SocketClient owner = SocketClient.connect(node, user);
                SocketClient back = SocketClient.connect(node, user);
                Worker worker = worker()) {
            owner.send("chat_stream", chat("hello"));
            worker.start().chunks(9).flush();
            owner.awaitCount(10, ChatIT::isEvent);

            back.send("resume", Map.of("message_id", message, "session_id", session, "after_seq", 3));
            JsonNode resumed = back.await("resumed");
            assertThat(resumed.path("last_seq").asInt()).isEqualTo(9);
            assertThat(resumed.path("live").asBoolean()).isTrue();
            worker.chunks(5).complete();
            assertThat(back.awaitCount(12, ChatIT::isEvent))
                    .isEqualTo(worker.written().subList(4, 16));
            List<String> frames = back.frames();
            int marker = frames.indexOf(
                    back.awaitCount(1, frame -> frame.contains("\"resumed\"")).getFirst());
            assertThat(frames.get(marker - 1)).isEqualTo(worker.written().get(9));
            assertThat(frames.get(marker + 1)).isEqualTo(worker.written().get(10));
        }
    }

    @Test
    void a_finished_stream_can_be_resumed_and_is_reported_as_not_live() {
        try (SocketClient owner = SocketClient.connect(node, user);
                SocketClient back = SocketClient.connect(node, user);
                Worker worker = worker()) {
            owner.send("chat_stream", chat("hello"));
            worker.start().chunks(3).complete();
            owner.await("stream_complete");
            back.send("resume", Map.of("message_id", message, "session_id", session));
            assertThat(back.await("resumed").path("live").asBoolean()).isFalse();
            assertThat(back.awaitCount(5, ChatIT::isEvent)).isEqualTo(worker.written());
        }
    }

    @Test
    void a_stream_that_was_acknowledged_and_has_not_started_can_be_resumed() {
        try (SocketClient owner = SocketClient.connect(node, user);
                SocketClient back = SocketClient.connect(node, user);
                Worker worker = worker()) {
            owner.send("chat_stream", chat("hello"));
            owner.await("stream_acknowledged");
            back.send("resume", Map.of("message_id", message, "session_id", session));
            assertThat(back.await("resumed").path("last_seq").asInt()).isEqualTo(-1);
            worker.start().complete();
            assertThat(back.awaitCount(2, ChatIT::isEvent)).isEqualTo(worker.written());
        }
    }

    @Test
    void records_of_the_old_claim_after_a_takeover_are_dropped_and_counted() {
        double before = node.count("parley.gateway.events.dropped", "reason", "stale_claim");
        try (SocketClient client = SocketClient.connect(node, user);
                Worker old = worker()) {
            client.send("chat_stream", chat("hello"));
            old.start().chunk("one ").flush();
            client.awaitCount(2, ChatIT::isEvent);
            Worker successor = old.takenOver();
            old.chunk("never seen");
            successor.chunk("two").complete();
            List<String> expected = new java.util.ArrayList<>(old.written().subList(0, 2));
            expected.addAll(successor.written());
            assertThat(client.awaitCount(4, ChatIT::isEvent)).isEqualTo(expected);
            assertThat(node.count("parley.gateway.events.dropped", "reason", "stale_claim"))
                    .isGreaterThan(before);
        }
    }

    @Test
    void members_of_a_session_get_conversation_deleted() {
        try (SocketClient client = SocketClient.connect(node, user);
                Worker worker = worker()) {
            client.send("chat_stream", chat("hello"));
            worker.start().complete();
            client.await("stream_complete");
            client.send("join_session", Map.of("session_id", session));
            client.await("session_joined");
            worker.deleteConversation();
            assertThat(client.await("conversation_deleted").path("session_id").asString())
                    .isEqualTo(session);
        }
    }

    private Worker worker() {
        return Worker.of(backends, user, session, message);
    }

    private Map<String, Object> chat(String text) {
        return Map.of("message_id", message, "session_id", session, "message", text, "user_id", "somebody-else");
    }

    private static boolean isEvent(String frame) {
        return frame.contains("\"seq\":");
    }
}
