package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedStream;
import dev.parley.systemtests.client.Tokens;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.process.Eventually;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Parley;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Kafka or MongoDB is unavailable for a while. Only in the long form, because little of it can be made short; the gateway's own {@code
 * KafkaAwayIT} tests the refusals in each build.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=BackendsAwayIT -Dparley.seed=1 -Dparley.faults.kafka_away=60 \
 *     -Dparley.faults.store_away=120 -Dparley.faults.streams=50</pre>
 */
@EnabledIfSystemProperty(named = "parley.faults", matches = "true")
class BackendsAwayIT extends FaultTest {

    private static final Duration KAFKA_AWAY = Duration.ofSeconds(Form.size("kafka_away", 10, 60));
    private static final Duration STORE_AWAY = Duration.ofSeconds(Form.size("store_away", 10, 120));
    private static final int STREAMS = Form.size("streams", 16, 50);
    private static final int RATE = 10;

    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(5);
    private static final Duration BACK_WITHIN = Duration.ofSeconds(30);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    BackendsAwayIT(Cluster cluster) {
        super(cluster);
    }

    /**
     * A refused message is sent again under its id until it is acknowledged. It then has one answer, whether Kafka received the first
     * attempt or not.
     */
    @Test
    void while_kafka_is_paused_nothing_is_acknowledged_and_afterwards_all_streams_continue() throws Exception {
        List<ChatClient> askers = connectAll(PARTITIONS);
        List<Running> streams = streams(STREAMS, () -> Script.of(15 * RATE, RATE)); // none ends before the pause
        for (Running each : streams) {
            each.answer().awaitText(1);
        }
        List<Wish> refused = new ArrayList<>();

        cluster.broker().pause();
        long paused = System.nanoTime();
        long resumed;
        try {
            while (System.nanoTime() - paused < KAFKA_AWAY.toNanos()) {
                refused.addAll(AtOnce.all(askers.stream().map(this::askInVain).toList()));
            }
            for (Running each : streams) {
                each.client().send("ping", Map.of());
                each.client().awaitFrame("pong");
            }
            assertThat(refused)
                    .allSatisfy(wish -> assertThat(wish.stream().answer().replies())
                            .extracting(Frame::type)
                            .containsOnly("error"));
        } finally {
            cluster.broker().resume();
            resumed = System.nanoTime();
        }
        List<Long> taken = AtOnce.all(refused.stream().map(this::askUntilTaken).toList());
        List<Running> wanted = refused.stream().map(Wish::stream).toList();
        assertComplete(streams, HEALED_WITHIN);
        assertComplete(wanted, HEALED_WITHIN);

        Latencies refusals =
                Latencies.ofNanos(refused.stream().map(Wish::refusedNanos).toList());
        Latencies back = Latencies.ofNanos(taken.stream().mapToLong(at -> at - resumed));
        Latencies next = Latencies.ofNanos(Stream.concat(streams.stream(), wanted.stream())
                .mapToLong(each -> firstSince(resumed, each) - resumed));
        printFigures(
                "Kafka paused for %d ms; %d messages refused after %s; resumed to acknowledged %s, to the next event %s",
                (resumed - paused) / 1_000_000, refused.size(), refusals, back, next);
        assertThat(refusals.max()).isLessThanOrEqualTo(REFUSED_WITHIN);
        assertThat(back.max()).isLessThanOrEqualTo(BACK_WITHIN);
        assertThat(next.max()).isLessThanOrEqualTo(BACK_WITHIN);
    }

    /** A message that was refused at first. */
    private record Wish(Running stream, String message, long refusedNanos) {}

    private Callable<Wish> askInVain(ChatClient client) {
        Script script = Script.of(RATE, 5 * RATE);
        String id = newId();
        return () -> {
            long asked = System.nanoTime();
            ReceivedStream answer = client.ask("s-1", id, script.message(), Map.of());
            Frame refusal = answer.awaitReply("error", 1);
            assertThat(refusal.text("code")).isEqualTo("UNAVAILABLE");
            assertThat(refusal.data().path("retryable").asBoolean(false)).isTrue();
            assertThat(refusal.data().path("retry_after_ms").asInt(0)).isPositive();
            Running stream = new Running(client, answer, script.text(), asked);
            return new Wish(stream, script.message(), refusal.arrivedNanos() - asked);
        };
    }

    /** @return when it was acknowledged */
    private Callable<Long> askUntilTaken(Wish wish) {
        ReceivedStream answer = wish.stream().answer();
        return () -> {
            while (true) {
                int before = answer.replies().size();
                wish.stream().client().ask(answer.sessionId(), answer.messageId(), wish.message(), Map.of());
                Frame reply = Eventually.await(
                        "a reply",
                        BACK_WITHIN,
                        () -> answer.replies().stream().skip(before).findFirst());
                if (reply.type().equals("stream_acknowledged")) {
                    return reply.arrivedNanos();
                }
            }
        };
    }

    private static long firstSince(long moment, Running stream) {
        return stream.answer().events().stream()
                .mapToLong(Frame::arrivedNanos)
                .filter(arrived -> arrived > moment)
                .findFirst()
                .orElseThrow(() -> new AssertionError(stream.id() + " ended before Kafka was paused"));
    }

    @Test
    void while_the_store_is_down_streams_continue_and_history_is_503() throws Exception {
        NewMessages newMessages = new NewMessages(this);
        List<Running> streams = streams(STREAMS, () -> Script.of(RATE * ((int) STORE_AWAY.toSeconds() + 3), RATE));
        for (Running each : streams) {
            each.answer().awaitText(1);
        }
        ChatClient reader = streams.getFirst().client();

        long gone = System.nanoTime();
        cluster.store().terminate(Parley.LEAVES_WITHIN);
        HttpResponse<String> history;
        int rounds = 0;
        do {
            newMessages.askAndAwaitStarts();
            history = history(reader.user(), reader.gateway());
            rounds++;
            assertThat(history.statusCode()).isEqualTo(503);
            assertThat(history.body()).contains("DATABASE_ERROR");
        } while (System.nanoTime() - gone < STORE_AWAY.toNanos());
        assertComplete(newMessages.all(), HEALED_WITHIN);
        assertComplete(streams, HEALED_WITHIN);
        long back = System.nanoTime();
        cluster.store().start();
        cluster.store().awaitReady();
        Eventually.await("history", BACK_WITHIN, () -> {
            HttpResponse<String> now = history(reader.user(), reader.gateway());
            return now.statusCode() == 200 ? Optional.of(now) : Optional.empty();
        });
        long readable = System.nanoTime();
        awaitDocuments();
        long drained = System.nanoTime();

        Latencies silences = Latencies.ofNanos(streams.stream().mapToLong(Running::longestSilence));
        printFigures(
                "the store was down for %d ms: history 503 %d times, longest silence of a stream %s, send to start %s; history"
                        + " was back %d ms after its start began, all documents %d ms after that",
                (back - gone) / 1_000_000,
                rounds,
                silences,
                newMessages.startTimes(newMessages.all()),
                (readable - back) / 1_000_000,
                (drained - readable) / 1_000_000);
        assertThat(silences.max()).isLessThanOrEqualTo(UNNOTICED);
        assertThat(newMessages.startTimes(newMessages.all()).max()).isLessThanOrEqualTo(UNNOTICED);
    }

    private static HttpResponse<String> history(String user, URI gateway) {
        URI address = URI.create("http://" + gateway.getAuthority() + "/api/conversations");
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Authorization", "Bearer " + Tokens.of(user))
                .timeout(BACK_WITHIN)
                .build();
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
