package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.history.ArchivedAnswer;
import dev.parley.gateway.relay.HotStreams;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.RawSocket;
import dev.parley.gateway.testkit.RawSocket.Body;
import dev.parley.gateway.testkit.Worker;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How responses with server-sent events end, byte by byte: only a response with the end of its stream has a proper end. Any other ends with an event
 * that gives the reason, if the client still reads.
 */
@WithBackends
@Timeout(60)
class SseEndsIT {

    private static final String GOING_AWAY =
            "event: going_away\ndata: {\"type\":\"going_away\",\"data\":{\"reconnect_in_ms\":";
    private static final String BIG = "x".repeat(16_384);

    private final Backends backends;
    private final String user = Backends.unique("user");
    private final String message = Backends.unique("m");

    SseEndsIT(Backends backends) {
        this.backends = backends;
    }

    @Test
    void a_complete_response_has_a_proper_end_live_and_from_the_archive() throws Exception {
        GatewayNode node = GatewayNode.shared(backends);
        ArchivedAnswer.begin(user, "s", "old").chunk(1, "one").complete().store(backends);
        try (RawSocket live = RawSocket.connect(node);
                RawSocket past = RawSocket.connect(node);
                Worker worker = Worker.of(backends, user, "s", message)) {
            assertThat(live.request(chat(node))).startsWith("HTTP/1.1 200");
            worker.start().chunk("one").complete().flush();
            Body body = live.readBody();
            assertThat(body.whole()).isTrue();
            assertThat(body.text()).contains("event: stream_complete\nid: 2\n");

            assertThat(past.request(events(node, "old", "", "1.1"))).startsWith("HTTP/1.1 200");
            assertThat(past.readBody()).satisfies(replayed -> {
                assertThat(replayed.whole()).isTrue();
                assertThat(replayed.text()).contains("event: stream_complete\nid: 2\n");
            });
        }
    }

    @Test
    void a_stopping_node_writes_going_away_and_breaks_off_every_kind_of_response() throws Exception {
        ArchivedAnswer.begin(user, "s", "old")
                .chunk(1, "one")
                .chunk(3_600_000, "late")
                .complete()
                .store(backends);
        try (Worker worker = Worker.of(backends, user, "s", message)) {
            GatewayNode node = GatewayNode.start(backends, Map.of("parley.gateway.socket.reconnect-spread-ms", "3000"));
            try (RawSocket sender = RawSocket.connect(node);
                    RawSocket watched = RawSocket.connect(node);
                    RawSocket archived = RawSocket.connect(node);
                    RawSocket tenth = RawSocket.connect(node)) {
                sender.request(chat(node));
                worker.start().chunk("one").flush();
                Await.until("it runs", () -> node.bean(HotStreams.class).hasBegun(StreamId.of(user, message)));
                watched.request(events(node, message, "", "1.1"));
                archived.request(events(node, "old", "?speed=1", "1.1"));
                tenth.request(events(node, message, "", "1.0"));
                Await.until("all four read", () -> node.bean(Relay.class).connections() == 4);
                node.close();
                for (RawSocket each : List.of(sender, watched, archived)) {
                    assertThat(each.readBody()).satisfies(SseEndsIT::isGoingAway);
                }
                assertThat(tenth.readToEnd()).satisfies(SseEndsIT::isGoingAway);
            }
        }
    }

    private static void isGoingAway(Body body) {
        assertThat(body.whole()).as("has a proper end").isFalse();
        assertThat(body.text()).contains(GOING_AWAY).endsWith("}}\n\n").doesNotContain("stream_complete");
    }

    @Test
    void a_reader_that_takes_nothing_is_disconnected_and_its_body_has_no_proper_end() throws Exception {
        ArchivedAnswer.begin(user, "s", "old")
                .chunk(1, BIG.repeat(20))
                .complete()
                .store(backends);
        try (GatewayNode node = GatewayNode.start(backends, Map.of("parley.gateway.socket.max-write-ms", "1000"));
                RawSocket live = RawSocket.connect(node);
                RawSocket past = RawSocket.connect(node);
                Worker worker = Worker.of(backends, user, "s", message)) {
            live.request(chat(node));
            past.request(events(node, "old", "", "1.1"));
            worker.start();
            for (int i = 0; i < 20; i++) {
                worker.chunk(BIG);
            }
            worker.complete().flush();
            Await.until("both are disconnected", () -> node.bean(Relay.class).connections() == 0);
            assertThat(brokenOff(node)).isEqualTo(2);
            for (RawSocket each : List.of(live, past)) {
                Body body = each.readBody();
                assertThat(body.whole()).as("has a proper end").isFalse();
                assertThat(body.text()).doesNotContain("\"metadata\":{\"provider_used\"");
            }
        }
    }

    @Test
    void a_reader_whose_next_event_was_evicted_gets_an_error_to_resume_and_is_broken_off() throws Exception {
        try (GatewayNode node = GatewayNode.start(backends, Map.of("parley.gateway.window.max-bytes", "200000"));
                RawSocket slow = RawSocket.connect(node);
                Worker worker = Worker.of(backends, user, "s", message)) {
            slow.request(chat(node));
            worker.start();
            for (int i = 0; i < 100; i++) {
                worker.chunk(BIG);
            }
            worker.flush();
            Relay relay = node.bean(Relay.class);
            Await.until(
                    "the first events are evicted",
                    () -> relay.streams().hasBegun(StreamId.of(user, message))
                            && !relay.streams().hasEventsFrom(StreamId.of(user, message), 50));
            Body body = slow.readBody();
            assertThat(body.whole()).as("has a proper end").isFalse();
            assertThat(lastEvent(body))
                    .startsWith("\n\nevent: error\ndata: {\"type\":\"error\",\"data\":{\"code\":\"UNAVAILABLE\"")
                    .contains("\"retryable\":true", "\"message_id\":\"" + message + "\"")
                    .endsWith("}}\n\n")
                    .doesNotContain("\nid: ");
        }
    }

    @Test
    void an_expired_token_breaks_off_every_kind_of_response() throws Exception {
        ArchivedAnswer.begin(user, "s", "old")
                .chunk(1, "one")
                .chunk(3_600_000, "late")
                .complete()
                .store(backends);
        GatewayNode node = GatewayNode.shared(backends);
        try (RawSocket sender = RawSocket.connect(node);
                RawSocket watched = RawSocket.connect(node);
                RawSocket archived = RawSocket.connect(node);
                RawSocket fresh = RawSocket.connect(node);
                Worker worker = Worker.of(backends, user, "s", message)) {
            String token = node.token(user, Duration.ofSeconds(3));
            assertThat(sender.request(chat(token))).startsWith("HTTP/1.1 200");
            worker.start().chunk("one").flush();
            Await.until("it runs", () -> node.bean(HotStreams.class).hasBegun(StreamId.of(user, message)));
            assertThat(watched.request(events(message, "", "1.1", token))).startsWith("HTTP/1.1 200");
            assertThat(archived.request(events("old", "?speed=1", "1.1", token)))
                    .startsWith("HTTP/1.1 200");
            for (RawSocket each : List.of(sender, watched, archived)) {
                Body body = each.readBody();
                assertThat(body.whole()).as("has a proper end").isFalse();
                assertThat(body.text()).contains("id: 1\n");
                assertThat(lastEvent(body))
                        .startsWith("\n\nevent: error\ndata: {\"type\":\"error\",\"data\":{\"code\":\"UNAUTHORIZED\"")
                        .contains("\"message_id\":")
                        .endsWith("}}\n\n")
                        .doesNotContain("\nid: ");
            }

            fresh.request(events(node, message, "?after_seq=1", "1.1"));
            worker.complete().flush();
            assertThat(fresh.readBody()).satisfies(rest -> {
                assertThat(rest.whole()).isTrue();
                assertThat(rest.text()).contains("id: 2\n").doesNotContain("id: 1\n");
            });
        }
    }

    @Test
    void the_response_of_a_queued_message_is_broken_off_when_its_conversation_is_deleted() throws Exception {
        GatewayNode node = GatewayNode.shared(backends);
        try (RawSocket queued = RawSocket.connect(node);
                Worker worker = Worker.of(backends, user, "s", message)) {
            queued.request(chat(node));
            Relay relay = node.bean(Relay.class);
            SessionKey session = SessionKey.of(user, "s");
            Await.until(
                    "it is queued",
                    () -> !relay.streams().unfinishedTurns(session).isEmpty());
            worker.deleteConversation(relay.streams()
                                    .unfinishedTurns(session)
                                    .getFirst()
                                    .command()
                                    .offset()
                            + 1)
                    .flush();
            Body body = queued.readBody();
            assertThat(body.whole()).as("has a proper end").isFalse();
            assertThat(lastEvent(body))
                    .startsWith("\n\nevent: error\n")
                    .contains("SESSION_NOT_FOUND", "\"retryable\":false")
                    .endsWith("}}\n\n");
        }
    }

    @Test
    void a_reader_that_claims_more_events_than_the_stream_has_gets_an_error_and_is_broken_off() throws Exception {
        GatewayNode node = GatewayNode.shared(backends);
        try (RawSocket ahead = RawSocket.connect(node);
                Worker worker = Worker.of(backends, user, "s", message)) {
            worker.start().flush();
            Await.until("it runs", () -> node.bean(HotStreams.class).hasBegun(StreamId.of(user, message)));
            ahead.request(events(node, message, "?after_seq=7", "1.1"));
            worker.complete().flush();
            Body body = ahead.readBody();
            assertThat(body.whole()).as("has a proper end").isFalse();
            assertThat(lastEvent(body))
                    .startsWith("\n\nevent: error\n")
                    .contains("INVALID_MESSAGE_FORMAT", "after_seq");
        }
    }

    @Test
    void the_response_of_an_archived_stream_without_an_end_is_broken_off() throws Exception {
        GatewayNode node = GatewayNode.shared(backends);
        ArchivedAnswer.begin(user, "s", message).chunk(1, "one").store(backends);
        try (RawSocket reader = RawSocket.connect(node)) {
            reader.request(events(node, message, "", "1.1"));
            Body body = reader.readBody();
            assertThat(body.whole()).as("has a proper end").isFalse();
            assertThat(body.text()).contains("id: 1\n");
            assertThat(lastEvent(body))
                    .startsWith("\n\nevent: error\n")
                    .contains("UNAVAILABLE")
                    .endsWith("}}\n\n");
        }
    }

    @Test
    void the_connection_of_a_complete_response_stays_open_and_its_latency_is_measured() throws Exception {
        try (GatewayNode node = GatewayNode.start(backends, Map.of());
                RawSocket socket = RawSocket.connect(node);
                Worker worker = Worker.of(backends, user, "s", message)) {
            socket.request(chat(node));
            worker.start().chunk("one").flush();
            Await.until("live events are measured", () -> relayed(node) >= 2);
            worker.complete().flush();
            assertThat(socket.readBody().whole()).isTrue();
            assertThat(socket.request(events(node, message, "", "1.1"))).startsWith("HTTP/1.1 200");
            assertThat(socket.readBody().whole()).isTrue();
            assertThat(brokenOff(node)).isZero();
        }
    }

    private static String lastEvent(Body body) {
        String text = "\n\n" + body.text();
        return text.substring(Math.max(0, text.lastIndexOf("\n\nevent: ")));
    }

    private static double brokenOff(GatewayNode node) {
        return node.bean(io.micrometer.core.instrument.MeterRegistry.class)
                .counter("parley.gateway.sse.broken.off")
                .count();
    }

    private static long relayed(GatewayNode node) {
        return node.bean(io.micrometer.core.instrument.MeterRegistry.class)
                .timer("parley.gateway.relay.latency", "transport", "sse")
                .count();
    }

    private String chat(GatewayNode node) {
        return chat(node.token(user));
    }

    private String chat(String token) {
        String body = "{\"message_id\":\"" + message + "\",\"session_id\":\"s\",\"message\":\"hello\"}";
        return "POST /api/chat/stream HTTP/1.1\r\n" + head(token) + "Content-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    private String events(GatewayNode node, String of, String query, String version) {
        return events(of, query, version, node.token(user));
    }

    private static String events(String of, String query, String version, String token) {
        return "GET /api/streams/" + of + "/events" + query + " HTTP/" + version + "\r\n" + head(token) + "\r\n";
    }

    private static String head(String token) {
        return "Host: 127.0.0.1\r\nAuthorization: Bearer " + token + "\r\n";
    }
}
