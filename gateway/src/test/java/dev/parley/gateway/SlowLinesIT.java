package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.relay.HotStreams;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.RawSocket;
import dev.parley.gateway.testkit.RawSocket.Body;
import dev.parley.gateway.testkit.Worker;
import dev.parley.schema.id.StreamId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With default settings, readers that read as fast as their line allows are never disconnected. */
@WithBackends
@Timeout(180)
class SlowLinesIT {

    private static final int MBIT = 1_000_000;

    /** Bytes that a reader's system accepts while it does not read. */
    private static final int RECEIVE_BUFFER = 16 * 1024;

    /** The longest answer, in characters of three bytes. */
    private static final int CHUNKS = 16;

    private static final String CHUNK = "字".repeat(262_144 / CHUNKS);

    private final Backends backends;
    private final GatewayNode node;
    private final String user = Backends.unique("user");

    SlowLinesIT(Backends backends) {
        this.backends = backends;
        this.node = GatewayNode.shared(backends);
    }

    @Test
    void a_socket_that_reads_continuously_gets_eight_concurrent_streams_of_6000_chunks() throws Exception {
        try (RawSocket reader = RawSocket.open(node, user);
                Worker first = Worker.of(backends, user, "s", "m0")) {
            reader.text("{\"type\":\"join_session\",\"data\":{\"session_id\":\"s\"}}");
            assertThat(reader.readText()).contains("\"connect\"");
            assertThat(reader.readText()).contains("\"session_joined\"");
            List<Worker> workers = new ArrayList<>(List.of(first));
            for (int n = 1; n < 8; n++) {
                workers.add(first.another(user, "s", "m" + n));
            }
            workers.forEach(Worker::start);
            for (int n = 0; n < 6_000; n++) {
                workers.forEach(worker -> worker.chunk("some words of it "));
            }
            workers.forEach(Worker::complete);
            List<String> expected =
                    workers.stream().flatMap(each -> each.written().stream()).toList();
            List<String> read = new ArrayList<>(expected.size());
            for (int n = 0; n < expected.size(); n++) {
                read.add(reader.readText());
            }
            assertThat(read).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    /** The terminal event has 0.8 MB, which takes 26 seconds at 240 kbit/s. All lines are used at the same time. */
    @Test
    void the_longest_answer_is_complete_over_slow_lines() throws Exception {
        try (RawSocket live = RawSocket.open(node, user, RECEIVE_BUFFER);
                RawSocket liveSse = RawSocket.connect(node, RECEIVE_BUFFER);
                RawSocket resumed = RawSocket.open(node, user, RECEIVE_BUFFER);
                RawSocket resumedSse = RawSocket.connect(node, RECEIVE_BUFFER);
                Worker worker = Worker.of(backends, user, "s", "long");
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            String expectedLive = "live over 1 Mbit/s";
            live.over(MBIT).text("{\"type\":\"join_session\",\"data\":{\"session_id\":\"s\"}}");
            assertThat(live.readText()).contains("\"connect\"");
            assertThat(live.readText()).contains("\"session_joined\"");
            worker.start().flush();
            Await.until("it runs", () -> node.bean(HotStreams.class).hasBegun(StreamId.of(user, "long")));
            liveSse.request(events(""));
            liveSse.over(3 * MBIT);
            for (int n = 0; n < CHUNKS; n++) {
                worker.chunk(CHUNK);
            }
            worker.complete().flush();
            List<String> written = worker.written();
            Future<List<String>> liveFrames = readers.submit(() -> read(live, written.size()));
            Future<Body> liveBody = readers.submit(liveSse::readBody);
            Await.until(
                    "it is over",
                    () -> node.bean(HotStreams.class).hasEndedAt(StreamId.of(user, "long"), written.size() - 1));
            assertThat(resumed.over(240_000).readText()).contains("\"connect\"");
            resumed.text("{\"type\":\"resume\",\"data\":{\"session_id\":\"s\",\"message_id\":\"long\",\"after_seq\":"
                    + (written.size() - 2) + "}}");
            resumedSse.request(events("?after_seq=" + (written.size() - 2)));
            resumedSse.over(240_000);
            Future<List<String>> resumedFrames = readers.submit(() -> read(resumed, 2));
            Future<Body> resumedBody = readers.submit(resumedSse::readBody);

            assertThat(liveFrames.get()).as(expectedLive).isEqualTo(written);
            assertThat(liveBody.get()).isEqualTo(new Body(asEvents(written, 0), true));
            assertThat(resumedFrames.get().getFirst()).isEqualTo(written.getLast());
            assertThat(resumedFrames.get().getLast()).contains("\"resumed\"", "\"live\":false");
            assertThat(resumedBody.get())
                    .isEqualTo(new Body(asEvents(List.of(written.getLast()), written.size() - 1), true));
        }
    }

    private static List<String> read(RawSocket socket, int count) throws IOException {
        List<String> frames = new ArrayList<>();
        while (frames.size() < count) {
            frames.add(socket.readText());
        }
        return frames;
    }

    private static String asEvents(List<String> frames, int firstSeq) {
        StringBuilder events = new StringBuilder();
        for (int n = 0; n < frames.size(); n++) {
            String type = Stream.of("stream_start", "content_chunk", "stream_complete")
                    .filter(frames.get(n)::contains)
                    .findFirst()
                    .orElseThrow();
            events.append("event: ").append(type).append("\nid: ").append(firstSeq + n);
            events.append("\ndata: ").append(frames.get(n)).append("\n\n");
        }
        return events.toString();
    }

    private String events(String query) {
        return "GET /api/streams/long/events" + query + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                + node.token(user) + "\r\n\r\n";
    }

    /** A reply has 20 KB or more, so the replies are many times what a connection may hold. */
    @Test
    void all_requests_of_a_burst_are_answered_if_the_client_reads() throws Exception {
        Map<String, Object> bounds = Map.of("parley.gateway.socket.max-backlog-bytes", "65536");
        try (GatewayNode tight = GatewayNode.start(backends, bounds);
                RawSocket socket = RawSocket.open(tight, user);
                ExecutorService writer = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(socket.readText()).contains("\"connect\"");
            int pings = 300;
            int resumes = 1_000;
            String text = "x".repeat(20_000);
            Future<?> asked = writer.submit(() -> {
                for (int n = 0; n < pings; n++) {
                    socket.text("{\"type\":\"ping\",\"data\":{\"t\":\"" + n + text + "\"}}");
                }
                for (int n = 0; n < resumes; n++) {
                    socket.text("{\"type\":\"resume\",\"data\":{\"session_id\":\"s\",\"message_id\":\"unknown-" + n
                            + "\"}}");
                }
                return null;
            });
            for (int n = 0; n < pings; n++) {
                assertThat(socket.readText()).isEqualTo("{\"type\":\"pong\",\"data\":{\"t\":\"" + n + text + "\"}}");
            }
            for (int n = 0; n < resumes; n++) {
                assertThat(socket.readText()).contains("STREAM_NOT_FOUND");
            }
            asked.get();
            socket.text("{\"type\":\"ping\",\"data\":{}}");
            assertThat(socket.readText()).contains("\"pong\"");
        }
    }

    /** The event takes many times as long as two heartbeats, and the pongs wait behind it. */
    @Test
    void a_slow_reader_is_not_closed_while_its_ping_waits_behind_a_long_event() throws Exception {
        Map<String, Object> settings = Map.of("parley.gateway.socket.heartbeat-ms", "500");
        try (GatewayNode quick = GatewayNode.start(backends, settings);
                RawSocket slow = RawSocket.open(quick, user);
                Worker worker = Worker.of(backends, user, "s", "m")) {
            slow.text("{\"type\":\"join_session\",\"data\":{\"session_id\":\"s\"}}");
            assertThat(slow.readText()).contains("\"connect\"");
            assertThat(slow.readText()).contains("\"session_joined\"");
            slow.over(MBIT);
            worker.start().chunk("x".repeat(800_000)).flush();
            assertThat(slow.readText()).isEqualTo(worker.written().getFirst());
            assertThat(slow.readText()).isEqualTo(worker.written().getLast());
        }
    }
}
