package dev.parley.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.Bystander;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.Heap;
import dev.parley.gateway.testkit.RawSocket;
import dev.parley.gateway.testkit.SocketClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Malformed input on a socket: nothing of it reaches Kafka or the log, and another user's stream continues. */
@WithBackends
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {

    private static final String CANARY = Backends.unique("canary");
    private static final long MAX_GROWTH = 6 * 1024 * 1024;

    private final GatewayNode node;
    private final Bystander bystander;
    private final String user = Backends.unique("user");

    BadInputIT(Backends backends) {
        this.node = GatewayNode.shared(backends);
        this.bystander = Bystander.of(node, backends);
    }

    @AfterEach
    void nothing_was_published_or_logged() {
        bystander.seesNothingPublished();
        bystander.findsNothingInTheLog(CANARY, "x".repeat(40), "9".repeat(40), "[".repeat(40));
    }

    @AfterAll
    void the_neighbours_stream_is_complete() {
        bystander.close();
    }

    static Stream<String> malformed() {
        String chat = "{\"type\":\"chat_stream\",\"data\":{\"message_id\":%s,\"session_id\":%s,\"message\":%s}}";
        String deep = "[".repeat(10_000) + "]".repeat(10_000);
        return Stream.of(
                "",
                CANARY,
                "{\"" + CANARY,
                "null",
                "\"" + CANARY + "\"",
                "[]",
                "{}",
                "{\"type\":\"ping\"}",
                "{\"type\":7,\"data\":{}}",
                "{\"type\":\"ping\",\"data\":[]}",
                "{\"type\":\"" + CANARY + "\",\"data\":{}}",
                "{\"type\":\"PING\",\"data\":{}}",
                "{\"type\":{\"$gt\":\"\"},\"data\":{}}",
                "{\"type\":\"ping\",\"type\":\"ping\",\"data\":{}}",
                "{\"data\":{\"t\":\"" + CANARY + "\"}}",
                "{\"type\":\"connect\",\"data\":{}}",
                "{\"type\":\"ping\",\"data\":{},\"data\":{}}",
                "{\"type\":\"ping\",\"data\":{\"t\":1,\"t\":2}}",
                "{\"type\":\"ping\",\"data\":{}} " + CANARY,
                "{\"type\":\"ping\",\"data\":{}}{\"type\":\"ping\",\"data\":{}}",
                "{\"type\":\"ping\",\"data\":{\"t\":" + deep + "}}",
                deep,
                "{\"type\":\"ping\",\"data\":{\"t\":" + "9".repeat(100_000) + "}}",
                "{\"type\":\"ping\",\"data\":{\"t\":1e" + "9".repeat(100_000) + "}}",
                "{\"type\":\"ping\",\"data\":{\"t\":NaN}}",
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
                chat.formatted("\"m\"", "\"" + CANARY + "/../..\"", "\"x\""),
                chat.formatted("\"" + CANARY + "\\u200f\"", "\"s\"", "\"x\""),
                chat.formatted("\"m\"", "\"s\"", "{\"@class\":\"" + CANARY + "\"}"),
                chat.formatted("\"m\"", "\"s\"", "[\"" + CANARY + "\"]"),
                chat.formatted("\"m\"", "\"s\"", "\"x\",\"on_busy\":\"" + CANARY + "\""),
                chat.formatted("\"m\"", "\"s\"", "\"x\",\"priority\":7"),
                chat.formatted("\"m\"", "\"s\"", "\"x\",\"priority\":0"),
                chat.formatted("\"m\"", "\"s\"", "\"x\",\"on_busy\":1"),
                chat.formatted("\"m\"", "\"s\"", "\"x\",\"context\":\"" + CANARY + "\""),
                chat.formatted("\"m\"", "\"s\"", "\"x\",\"context\":{\"enable_rag\":\"" + CANARY + "\"}"),
                "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"m\"}}",
                "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"../" + CANARY + "\",\"session_id\":\"s\"}}",
                "{\"type\":\"join_session\",\"data\":{\"session_id\":{\"$gt\":\"\"}}}",
                "{\"type\":\"join_session\",\"data\":{}}",
                "{\"type\":\"leave_session\",\"data\":{\"session_id\":\"\"}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":1e400}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":-2}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":9223372036854775808}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":1.5}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":\"1\"}}",
                "{\"type\":\"auth\",\"data\":{\"token\":{\"$ne\":\"\"}}}",
                "{\"type\":\"auth\",\"data\":{}}");
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void a_malformed_frame_is_answered_with_its_code_and_the_socket_stays_open(String frame) {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.sendBytes(frame);
            JsonNode error = client.await("error");
            assertThat(error.path("code").asString()).isEqualTo("INVALID_MESSAGE_FORMAT");
            assertThat(error.path("retryable").asBoolean(true)).isFalse();
            client.settle();
        }
    }

    @Test
    void a_class_name_in_a_frame_has_no_effect() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.sendBytes(
                    "{\"@class\":\"java.lang.Runtime\",\"type\":\"ping\",\"data\":{\"@class\":\"x\",\"t\":1}}");
            assertThat(client.await("pong").path("t").asInt()).isEqualTo(1);
        }
    }

    @Test
    void a_message_of_32769_characters_is_refused_with_its_message_id() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.send("chat_stream", Map.of("message_id", "m", "session_id", "s", "message", "x".repeat(32_769)));
            JsonNode error = client.await("error");
            assertThat(error.path("code").asString()).isEqualTo("MESSAGE_TOO_LARGE");
            assertThat(error.path("message_id").asString()).isEqualTo("m");
            client.settle();
        }
    }

    @Test
    void a_hundred_malformed_frames_in_a_row_close_with_1008_and_a_valid_one_resets_the_count() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            for (int i = 0; i < 99; i++) {
                client.sendBytes("x");
            }
            client.settle();
            for (int i = 0; i < 99; i++) {
                client.sendBytes("x");
            }
            client.awaitCount(198, frame -> frame.contains("INVALID_MESSAGE_FORMAT"));
            assertThat(client.isOpen()).isTrue();
            client.sendBytes("x");
            assertThat(client.awaitClose()).isEqualTo(1008);
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

    @ParameterizedTest
    @ValueSource(longs = {262_145, 1L << 31, 1L << 32, 1L << 62, Long.MAX_VALUE})
    void a_frame_with_a_too_large_length_closes_with_1009_before_its_payload(long length) throws Exception {
        try (RawSocket socket = RawSocket.open(node, user)) {
            long since = System.nanoTime();
            socket.bytes(ByteBuffer.allocate(14)
                    .put((byte) 0x81)
                    .put((byte) 0xff)
                    .putLong(length)
                    .array());
            assertThat(socket.readCloseCode()).isEqualTo(1009);
            assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(3));
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
    void endless_empty_fragments_close_with_1009() throws Exception {
        try (RawSocket socket = RawSocket.open(node, user)) {
            socket.frame(0x01, new byte[0]);
            byte[] empty = {0, (byte) 0x80, 0, 0, 0, 0};
            ByteBuffer many = ByteBuffer.allocate(empty.length * 10_000);
            while (many.hasRemaining()) {
                many.put(empty);
            }
            try {
                for (int i = 0; i < 30; i++) {
                    socket.bytes(many.array());
                }
            } catch (SocketException e) {
                // the server has disconnected while the client was writing
            }
            assertThat(socket.readCloseCode()).isEqualTo(1009);
        }
    }

    @Test
    void frames_after_the_one_that_closes_the_socket_have_no_effect() throws Exception {
        String chat =
                "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":\"x\"}}";
        try (RawSocket socket = RawSocket.open(node, user)) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < 100; i++) {
                all.writeBytes(RawSocket.masked(0x81, new byte[] {'x'}));
            }
            all.writeBytes(RawSocket.masked(0x81, chat.getBytes(StandardCharsets.UTF_8)));
            socket.bytes(all.toByteArray());
            assertThat(socket.readCloseCode()).isEqualTo(1008);
        }
    }

    static Stream<Arguments> brokenFrames() {
        return Stream.of(
                Arguments.of("unmasked", 1002, new byte[] {(byte) 0x81, 1, 'x'}),
                Arguments.of("reserved bit 1", 1002, masked(0xc1)),
                Arguments.of("reserved bit 2", 1002, masked(0xa1)),
                Arguments.of("reserved bit 3", 1002, masked(0x91)),
                Arguments.of("reserved opcode", 1002, masked(0x83)),
                Arguments.of("reserved control opcode", 1002, masked(0x8b)),
                Arguments.of("fragmented ping", 1002, masked(0x09)),
                Arguments.of("ping of 126 bytes", 1002, RawSocket.masked(0x89, new byte[126])),
                Arguments.of("continuation of nothing", 1002, masked(0x80)),
                Arguments.of("text within text", 1002, both(masked(0x01), masked(0x81))),
                Arguments.of("no UTF-8", 1007, RawSocket.masked(0x81, new byte[] {(byte) 0xc0, (byte) 0xaf})),
                Arguments.of("surrogate in UTF-8", 1007, RawSocket.masked(0x81, new byte[] {
                    (byte) 0xed, (byte) 0xa0, (byte) 0x80
                })),
                Arguments.of("half a character", 1007, RawSocket.masked(0x81, new byte[] {(byte) 0xe2, (byte) 0x82})),
                Arguments.of(
                        "a length below zero",
                        1002,
                        ByteBuffer.allocate(14)
                                .put((byte) 0x81)
                                .put((byte) 0xff)
                                .putLong(-1)
                                .array()),
                Arguments.of("binary", 1003, masked(0x82)));
    }

    private static byte[] masked(int firstByte) {
        return RawSocket.masked(firstByte, new byte[] {'x'});
    }

    private static byte[] both(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenFrames")
    void a_frame_that_violates_the_standard_closes_with_the_standards_code(String name, int code, byte[] bytes)
            throws Exception {
        try (RawSocket socket = RawSocket.open(node, user)) {
            socket.bytes(bytes);
            assertThat(socket.readCloseCode()).isEqualTo(code);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"pings, 0x89", "pongs, 0x8a"})
    void a_flood_of_control_frames_is_closed_with_1008(String name, int firstByte) throws Exception {
        try (RawSocket socket = RawSocket.open(node, user)) {
            for (int i = 0; i < 1_000; i++) {
                socket.frame(firstByte, new byte[] {'x'});
            }
            assertThat(socket.readCloseCode()).isEqualTo(1008);
        }
    }

    @Test
    void a_hundred_pings_at_once_are_answered() throws Exception {
        try (RawSocket socket = RawSocket.open(node, user)) {
            for (int i = 0; i < 100; i++) {
                socket.frame(0x89, new byte[] {'x'});
            }
            assertThat(socket.readPongs(100)).isEqualTo("x".repeat(100));
            double before = node.count("parley.gateway.closes", "code", "1008");
            try (RawSocket flood = RawSocket.open(node, user)) {
                for (int i = 0; i <= 100; i++) {
                    flood.frame(0x89, new byte[] {'x'});
                }
                assertThat(flood.readCloseCode()).isEqualTo(1008); // so the other one was checked, too
            }
            Await.until("one is counted", () -> node.count("parley.gateway.closes", "code", "1008") == before + 1);
            socket.frame(0x88, new byte[] {3, (byte) 0xe8});
            assertThat(socket.readCloseCode()).isEqualTo(1000);
        }
    }

    /** The pongs fill the system's buffers, so the thread that reads from the connection is blocked. */
    @Test
    void a_flood_of_pings_of_which_no_pong_is_read_is_closed_with_1008() throws IOException {
        double before = node.count("parley.gateway.closes", "code", "1008");
        try (RawSocket socket = RawSocket.open(node, user)) {
            for (int i = 0; i < 100_000 && node.count("parley.gateway.closes", "code", "1008") == before; i++) {
                socket.frame(0x89, new byte[125]);
            }
        } catch (SocketException e) {
            // the server has disconnected while the client was writing
        }
        Await.until("closed with 1008", () -> node.count("parley.gateway.closes", "code", "1008") > before);
    }

    /** The input of the measured rounds is several times the bound, so a leak would show. */
    @Test
    void the_heap_does_not_grow() throws Exception {
        sendAll(1);
        long before = Heap.usedAfterGc();
        long bytes = sendAll(10);
        long after = Heap.usedAfterGc();
        System.out.printf(
                "Bad input: %d KiB sent, heap after GC %d KiB before and %d KiB after%n",
                bytes / 1024, before / 1024, after / 1024);
        assertThat(bytes).isGreaterThan(2 * MAX_GROWTH);
        assertThat(after - before).isLessThan(MAX_GROWTH);
    }

    private long sendAll(int rounds) throws Exception {
        String big = "{\"type\":\"ping\",\"data\":{\"x\":\"" + "x".repeat(250_000) + "\"";
        List<String> frames =
                Stream.concat(malformed(), Stream.generate(() -> big).limit(5)).toList();
        long bytes = 0;
        for (int round = 0; round < rounds; round++) {
            try (SocketClient client = SocketClient.connect(node, user)) {
                for (String frame : frames) {
                    client.sendBytes(frame);
                    bytes += frame.length();
                }
                client.awaitCount(frames.size(), frame -> frame.contains("INVALID_MESSAGE_FORMAT"));
            }
            List<Object[]> broken = brokenFrames().map(Arguments::get).toList();
            for (Object[] each : broken) {
                try (RawSocket socket = RawSocket.open(node, user)) {
                    socket.bytes((byte[]) each[2]);
                    assertThat(socket.readCloseCode()).isEqualTo(each[1]);
                }
            }
        }
        return bytes;
    }

    @Test
    void lone_surrogates_are_replaced() {
        try (SocketClient client = SocketClient.connect(node, user)) {
            client.sendBytes("{\"type\":\"ping\",\"data\":{\"t\":{\"a\":[\"\\udc00b\\ud800\",1]}}}");
            assertThat(client.await("pong").path("t").toString()).isEqualTo("{\"a\":[\"\uFFFDb\uFFFD\",1]}");
        }
    }

    @Test
    void a_flood_of_pings_whose_pongs_are_not_read_is_closed_with_4430() throws IOException {
        String ping = "{\"type\":\"ping\",\"data\":{\"t\":\"" + "x".repeat(50_000) + "\"}}";
        double before = closedAsTooSlow();
        try (RawSocket socket = RawSocket.open(node, user)) {
            for (int i = 0; i < 1_000 && closedAsTooSlow() == before; i++) {
                socket.text(ping);
            }
        } catch (SocketException e) {
            // the server has disconnected while the client was writing
        }
        Await.until("closed with 4430", () -> closedAsTooSlow() > before);
    }

    private double closedAsTooSlow() {
        return node.count("parley.gateway.closes", "code", "4430");
    }
}
