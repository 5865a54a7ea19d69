package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.relay.EventRecord;
import dev.parley.gateway.relay.RecordPosition;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.settings.SocketSettings;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.Windows;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import dev.parley.service.startup.RequiredThreads;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.AsyncContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.util.unit.DataSize;

/** Responses with an unexpected error, between two events and at other times. */
class SseResponsesTest {

    private static final SessionKey SESSION = SessionKey.of("ada", "s");
    private static final StreamId STREAM = StreamId.of("ada", "m");
    private static final Claim CLAIM = new Claim(1, "first");
    private static final Caller ADA = new Caller(SESSION.user(), Set.of(), Priority.HIGH, Instant.MAX);
    private static final SocketSettings SETTINGS = new SocketSettings(
            Duration.ofSeconds(1),
            DataSize.ofKilobytes(64),
            DataSize.ofKilobytes(64),
            Duration.ofSeconds(1),
            DataSize.ofBytes(1),
            100,
            100,
            100,
            100,
            100,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Relay relay = new Relay(Windows.of(1 << 20, 60_000, 60_000));
    private final SseResponses streams = new SseResponses(
            relay,
            new GatewayMetrics(registry, relay, () -> 0),
            SETTINGS,
            Clock.systemUTC(),
            RequiredThreads.endingNothing());
    private final Connection connection = new Connection();
    private final MockHttpServletResponse response = new MockHttpServletResponse();
    private final MockHttpServletRequest request = new MockHttpServletRequest() {
        @Override
        public AsyncContext startAsync() {
            return startAsync(this, response);
        }
    };

    SseResponsesTest() {
        streams.start();
        request.setAsyncSupported(true);
        request.setAttribute(ResponseConnections.class.getName(), connection);
        append(new Entry.Start(CLAIM));
        append(new Entry.Event(CLAIM, 1));
    }

    @AfterEach
    void stop() {
        streams.stop();
    }

    private void append(Entry entry) {
        relay.onEvent(
                new RecordPosition(0, 0),
                new EventHead.OfStream(SESSION, STREAM, "some_type", entry),
                new EventRecord("some_type", "{}".getBytes(StandardCharsets.UTF_8), 0),
                0);
    }

    /** Counts how often it was broken off. */
    private static final class Connection implements ResponseConnection {

        final AtomicInteger brokenOff = new AtomicInteger();

        @Override
        public void setWriteTimeout(int ms) {}

        @Override
        public void breakOff() {
            brokenOff.incrementAndGet();
        }
    }

    static Throwable[] failures() {
        return new Throwable[] {
            new IllegalStateException("a bug"), new StackOverflowError(), new OutOfMemoryError("of the test")
        };
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_failure_between_two_events_is_reported_and_the_body_has_no_proper_end(Throwable failure) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        ReplayPace pace = ReplayPace.of(1, Duration.ofMillis(1), () -> {
            if (calls.incrementAndGet() > 1) {
                raise(failure);
            }
            return 0;
        });
        SseResponse stream = streams.connect(ADA, STREAM, Duration.ofMinutes(1), pace, 9);
        relay.resume(stream.queue(), STREAM, -1);

        run(() -> streams.write(stream, response));

        assertThat(connection.brokenOff).hasValue(1);
        assertThat(response.getContentAsString())
                .startsWith("event: some_type\nid: 0\ndata: {}\n\n")
                .contains("\n\nevent: error\ndata: {\"type\":\"error\",\"data\":{\"code\":\"INTERNAL_ERROR\"")
                .endsWith("}}\n\n")
                .doesNotContain("a bug");
        assertThat(registry.get("parley.gateway.sse.broken.off").counter().count())
                .isEqualTo(1);
        assertThat(registry.get("parley.gateway.refusals")
                        .tags("transport", "http", "code", "INTERNAL_ERROR")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void a_failure_before_the_response_began_is_a_problem_document_with_a_proper_end() throws Exception {
        run(() -> raise(new IllegalStateException("a bug")));

        assertThat(response.getStatus()).isEqualTo(500);
        assertThat(response.getContentAsString())
                .contains("\"code\":\"INTERNAL_ERROR\"")
                .doesNotContain("a bug");
        assertThat(connection.brokenOff).hasValue(0);
    }

    @Test
    void a_failure_after_the_head_was_sent_has_no_proper_end() throws Exception {
        run(() -> {
            SseResponses.begin(response);
            raise(new IllegalStateException("a bug"));
        });

        assertThat(connection.brokenOff).hasValue(1);
    }

    @Test
    void a_lost_client_and_an_interrupted_thread_cause_no_proper_end_either() throws Exception {
        run(() -> {
            throw new IOException("gone");
        });
        assertThat(connection.brokenOff).hasValue(1);

        run(() -> {
            throw new InterruptedException();
        });
        assertThat(connection.brokenOff).hasValue(2);
    }

    @Test
    void a_response_that_no_longer_follows_its_stream_has_no_proper_end() throws Exception {
        SseResponse stream = streams.connect(ADA, STREAM, Duration.ofMinutes(1), ReplayPace.atOnce(), 9);
        relay.resume(stream.queue(), STREAM, -1);
        relay.leave(stream.queue(), SESSION); // a response never leaves by itself
        stream.queue().ping(); // wakes the writer

        run(() -> streams.write(stream, response));

        assertThat(connection.brokenOff).hasValue(1);
        assertThat(response.getContentAsString()).contains("event: error\n", "INTERNAL_ERROR");
    }

    @Test
    void a_response_that_reaches_the_end_of_its_stream_has_a_proper_end() throws Exception {
        SseResponse stream = streams.connect(ADA, STREAM, Duration.ofMinutes(1), ReplayPace.atOnce(), 9);
        relay.resume(stream.queue(), STREAM, -1);
        append(new Entry.Terminal(CLAIM, 2));

        run(() -> streams.write(stream, response));

        assertThat(connection.brokenOff).hasValue(0);
        assertThat(response.getContentAsString()).endsWith("id: 2\ndata: {}\n\n");
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** Returns when the response is completed. */
    private void run(Work work) {
        streams.run(request, _ -> work.run());
        Await.until("the response ends", () -> !request.isAsyncStarted());
    }

    private static void raise(@Nullable Throwable failure) {
        switch (failure) {
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            case null, default -> throw new AssertionError("only unchecked exceptions");
        }
    }
}
