package dev.parley.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.CommandLog;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.RawSocket;
import dev.parley.gateway.testkit.SocketClient;
import dev.parley.gateway.testkit.Worker;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What clients should not send: nothing of it reaches the log, and a neighbour's stream goes on throughout. */
@WithBackends
class BadInputIT {

    private final Backends backends;
    private final GatewayNode node;
    private final String user = Backends.unique("user");
    private final String neighbour = Backends.unique("neighbour");
    private SocketClient witness;
    private Worker worker;

    BadInputIT(Backends backends) {
        this.backends = backends;
        this.node = GatewayNode.shared(backends);
    }

    @BeforeEach
    void a_neighbour_streams() {
        witness = SocketClient.connect(node, neighbour);
        witness.send("chat_stream", Map.of("message_id", "m", "session_id", "s", "message", "hi"));
        worker = Worker.of(backends, neighbour, "s", "m").start().chunks(3).flush();
        witness.awaitCount(4, frame -> frame.contains("\"seq\":"));
    }

    @AfterEach
    void and_is_unharmed() {
        worker.chunks(3).complete();
        assertThat(witness.awaitCount(8, frame -> frame.contains("\"seq\":"))).isEqualTo(worker.written());
        assertThat(CommandLog.of(backends, user).types()).isEmpty();
        witness.close();
        worker.close();
    }

    static Stream<String> malformed() {
        String chat = "{\"type\":\"chat_stream\",\"data\":{\"message_id\":%s,\"session_id\":%s,\"message\":%s}}";
        String deep = "[".repeat(10_000) + "]".repeat(10_000);
        return Stream.of(
                "",
                "hello",
                "null",
                "[]",
                "{}",
                "{\"type\":\"ping\"}",
                "{\"type\":7,\"data\":{}}",
                "{\"type\":\"ping\",\"data\":[]}",
                "{\"type\":\"dance\",\"data\":{}}",
                "{\"type\":\"connect\",\"data\":{}}",
                "{\"type\":\"ping\",\"data\":{},\"data\":{}}",
                "{\"type\":\"ping\",\"data\":{}} trailing",
                "{\"type\":\"ping\",\"data\":{\"t\":" + deep + "}}",
                "{\"type\":\"ping\",\"data\":{\"t\":" + "9".repeat(100_000) + "}}",
                "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\"}}",
                chat.formatted("\"m\"", "\"s\"", "\"\""),
                chat.formatted("\"m\"", "\"s\"", "7"),
                chat.formatted("\"m\"", "\"s\"", "null"),
                chat.formatted("7", "\"s\"", "\"x\""),
                chat.formatted("\"\"", "\"s\"", "\"x\""),
                chat.formatted("\"" + "m".repeat(129) + "\"", "\"s\"", "\"x\""),
                chat.formatted("\"a/../b\"", "\"s\"", "\"x\""),
                chat.formatted("\"a..b\"", "\"s\"", "\"x\""),
                chat.formatted("\"a\\u0000\"", "\"s\"", "\"x\""),
                chat.formatted("\"a\u202eb\"", "\"s\"", "\"x\""),
                chat.formatted("{\"$gt\":\"\"}", "\"s\"", "\"x\""),
                chat.formatted("\"m\"", "[\"s\"]", "\"x\""),
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":-2}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":9223372036854775808}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":1.5}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":\"1\"}}",
                "{\"type\":\"auth\",\"data\":{}}");
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void a_malformed_frame_is_answered_with_its_code_and_the_socket_stays(String frame) {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.sendRaw(frame);
            JsonNode error = client.await("error");
            assertThat(error.path("code").asString()).isEqualTo("INVALID_MESSAGE_FORMAT");
            assertThat(error.path("retryable").asBoolean(true)).isFalse();
            client.settle();
        }
    }

    @Test
    void a_class_name_in_a_frame_has_no_effect() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.sendRaw("{\"@class\":\"java.lang.Runtime\",\"type\":\"ping\",\"data\":{\"@class\":\"x\",\"t\":1}}");
            assertThat(client.await("pong").path("t").asInt()).isEqualTo(1);
        }
    }

    @Test
    void a_message_of_32769_characters_is_too_large_and_says_whose() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.send("chat_stream", Map.of("message_id", "m", "session_id", "s", "message", "x".repeat(32_769)));
            JsonNode error = client.await("error");
            assertThat(error.path("code").asString()).isEqualTo("MESSAGE_TOO_LARGE");
            assertThat(error.path("message_id").asString()).isEqualTo("m");
            client.settle();
        }
    }

    @Test
    void a_hundred_malformed_frames_in_a_row_close_with_1008_and_a_good_one_begins_anew() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            for (int i = 0; i < 99; i++) {
                client.sendRaw("x");
            }
            client.settle();
            for (int i = 0; i < 99; i++) {
                client.sendRaw("x");
            }
            client.awaitCount(198, frame -> frame.contains("INVALID_MESSAGE_FORMAT"));
            assertThat(client.isOpen()).isTrue();
            client.sendRaw("x");
            assertThat(client.awaitClose()).isEqualTo(1008);
        }
    }

    @Test
    void a_binary_frame_closes_with_1003() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.sendBinary(new byte[] {1, 2, 3});
            assertThat(client.awaitClose()).isEqualTo(1003);
        }
    }

    @Test
    void a_frame_of_256_KiB_passes_and_one_more_byte_closes_with_1009() {
        int frame = "{\"type\":\"ping\",\"data\":{\"x\":\"\",\"t\":1}}".length();
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.send("ping", Map.of("x", "x".repeat(262_144 - frame), "t", 1));
            client.await("pong");
            client.send("ping", Map.of("x", "x".repeat(262_144 - frame + 1), "t", 2));
            assertThat(client.awaitClose()).isEqualTo(1009);
        }
    }

    @Test
    void endless_fragments_close_with_1009() throws Exception {
        try (RawSocket socket = RawSocket.open(node, user)) {
            byte[] part = "x".repeat(60_000).getBytes(StandardCharsets.UTF_8);
            socket.frame(0x01, part);
            for (int i = 0; i < 4; i++) {
                socket.frame(0x00, part);
            }
            assertThat(socket.readCloseCode()).isEqualTo(1009);
        }
    }

    @Test
    void bytes_that_are_no_utf8_close_with_1007() throws Exception {
        try (RawSocket socket = RawSocket.open(node, user)) {
            socket.frame(0x81, new byte[] {'{', (byte) 0xff, '}'});
            assertThat(socket.readCloseCode()).isEqualTo(1007);
        }
    }

    @Test
    void unmasked_and_reserved_frames_close_with_1002() throws Exception {
        for (byte[] bad :
                List.of(new byte[] {(byte) 0x81, 1, 'x'}, new byte[] {(byte) 0x83, (byte) 0x80, 0, 0, 0, 0})) {
            try (RawSocket socket = RawSocket.open(node, user)) {
                socket.bytes(bad);
                assertThat(socket.readCloseCode()).isEqualTo(1002);
            }
        }
    }

    @Test
    void lone_surrogates_are_mended_before_anything_else() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.sendRaw("{\"type\":\"ping\",\"data\":{\"t\":{\"a\":[\"\\udc00b\\ud800\",1]}}}");
            assertThat(client.await("pong").path("t").toString()).isEqualTo("{\"a\":[\"\uFFFDb\uFFFD\",1]}");
        }
    }

    @Test
    void a_flood_of_pings_that_nobody_reads_the_answers_of_is_closed() throws IOException {
        String ping = "{\"type\":\"ping\",\"data\":{\"t\":\"" + "x".repeat(50_000) + "\"}}";
        double before = closedAsTooSlow();
        try (RawSocket socket = RawSocket.open(node, user)) {
            for (int i = 0; i < 1_000 && closedAsTooSlow() == before; i++) {
                socket.text(ping);
            }
        } catch (SocketException e) {
            // The server has cut the connection while the client was writing.
        }
        Await.until("closed with 4430", () -> closedAsTooSlow() > before);
    }

    private double closedAsTooSlow() {
        return node.count("parley.gateway.closes", "code", "4430");
    }
}
