package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.relay.CloseReason;
import dev.parley.gateway.relay.EventRecord;
import dev.parley.gateway.relay.RecordPosition;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.Windows;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A replay from memory with the original gaps, of two events that are an hour apart. */
@Timeout(20)
class SseResponseTest {

    private static final SessionKey SESSION = SessionKey.of("ada", "s");
    private static final StreamId STREAM = StreamId.of("ada", "m");
    private static final Claim CLAIM = new Claim(1, "first");
    private static final Caller ADA = new Caller(SESSION.user(), Set.of(), Priority.HIGH, Instant.MAX);
    private static final int HOUR_MS = 3_600_000;

    private final Relay relay = new Relay(Windows.of(1 << 20, 60_000, 60_000));
    private final SseResponse stream = new SseResponse(
            ADA,
            STREAM,
            1 << 20,
            Duration.ofMillis(1),
            ReplayPace.of(1, Duration.ofMillis(HOUR_MS), System::nanoTime),
            _ -> {});

    SseResponseTest() {
        append(new Entry.Start(CLAIM), 0);
        append(new Entry.Terminal(CLAIM, 1), HOUR_MS);
        relay.connect(stream.queue());
        relay.resume(stream.queue(), STREAM, -1);
    }

    private void append(Entry entry, long atMs) {
        relay.onEvent(
                new RecordPosition(0, atMs),
                new EventHead.OfStream(SESSION, STREAM, "some_type", entry),
                new EventRecord("some_type", "{}".getBytes(StandardCharsets.UTF_8), atMs),
                0);
    }

    @Test
    void heartbeats_are_written_in_a_pause_and_the_pause_ends_when_the_node_stops() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CompletableFuture<Boolean> written = writingTo(out);

        Await.until(
                "the first event and heartbeats",
                () -> out.toString(StandardCharsets.UTF_8).contains("id: 0\ndata: {}\n\n:\n\n:\n\n:\n\n"));
        stream.end(new EarlyEnd(CloseReason.RESTART, 7));
        stream.end(new EarlyEnd(CloseReason.TOKEN_EXPIRED, 0)); // too late

        assertThat(written.get(10, TimeUnit.SECONDS)).as("is whole").isFalse();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .doesNotContain("id: 1")
                .endsWith(
                        "\n\nevent: going_away\ndata: {\"type\":\"going_away\",\"data\":{\"reconnect_in_ms\":7}}\n\n");
    }

    @Test
    void a_client_that_is_gone_is_noticed_in_a_pause() {
        CompletableFuture<Boolean> written = writingTo(new OutputStream() {
            @Override
            public void write(int each) throws IOException {
                if (each == ':') {
                    throw new IOException("gone");
                }
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                write(bytes[from]);
            }
        });

        assertThat(written)
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableThat()
                .havingRootCause()
                .withMessage("gone");
    }

    private CompletableFuture<Boolean> writingTo(OutputStream out) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                done.complete(stream.writeTo(out));
            } catch (IOException e) {
                done.completeExceptionally(new UncheckedIOException(e));
            } catch (InterruptedException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }
}
