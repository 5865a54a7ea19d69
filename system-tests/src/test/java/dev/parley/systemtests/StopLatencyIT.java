package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.command.Command;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.model.Plan;
import dev.parley.systemtests.model.Plan.Ending;
import dev.parley.systemtests.setup.Cluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How long a stop takes while many answers of a model arrive over HTTP.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=StopLatencyIT -Dparley.seed=1 -Dparley.faults.running=100 \
 *     -Dparley.faults.stops=100 -Dparley.faults.rate=20 -Dparley.faults.repeats=3</pre>
 */
class StopLatencyIT extends FaultTest {

    private static final int RUNNING = Form.size("running", 100, 100);
    private static final int STOPS = Form.size("stops", 40, 100);
    private static final int RATE = Form.size("rate", 5, 20);

    /** No answer ends before it is stopped, however slow the machine is. */
    private static final int LONGEST_S = 540;

    private static final Duration STOPPED_WITHIN_P95 = Duration.ofMillis(200);

    StopLatencyIT(Cluster cluster) {
        super(cluster);
    }

    /**
     * Times after the stop was sent.
     *
     * @param sentAt the wall-clock time, to find it in the logs of the processes
     * @param published when the gateway passed the stop to its producer, by the record's own time
     * @param hungUp when the model saw its connection closed
     * @param written when the worker passed the terminal event to its producer, by the record's own time
     * @param ended when the client had the terminal event
     */
    private record Stopped(Instant sentAt, Duration published, Duration hungUp, Duration written, Duration ended) {}

    private record Sent(OfModel stream, long nanos, long wallMs) {}

    private record Seen(Sent sent, long hungUpNanos, long endedNanos) {}

    /**
     * Stops one stream after the other; each stopped stream is replaced by another one before the next stop. At the end the rest is
     * stopped at once, which is only reported.
     */
    @ParameterizedTest
    @MethodSource("dev.parley.systemtests.Form#rounds")
    void a_stop_closes_the_models_connection_and_ends_the_stream_at_once(int round) throws Exception {
        Iterator<ChatClient> clients = connectAll(RUNNING + STOPS).iterator();
        List<OfModel> running = new ArrayList<>();
        while (running.size() < RUNNING) {
            running.add(ask(clients.next()));
        }
        for (OfModel each : running) {
            awaitText(each);
        }

        List<Seen> oneByOne = new ArrayList<>();
        while (clients.hasNext()) {
            OfModel next = ask(clients.next());
            awaitText(next);
            oneByOne.add(awaitEnd(stop(running.set(random().nextInt(RUNNING), next))));
        }
        List<Sent> sent = running.stream().map(StopLatencyIT::stop).toList();
        List<Seen> atOnce = new ArrayList<>();
        for (Sent each : sent) {
            atOnce.add(awaitEnd(each));
        }

        Function<Seen, Stopped> log = inTheLog();
        List<Stopped> stops = oneByOne.stream().map(log).toList();
        Latencies hungUp = latencies(stops, Stopped::hungUp);
        Latencies ended = latencies(stops, Stopped::ended);
        printFigures(
                "%d streams at %d/s; stop to connection closed %s, to generation_stopped %s; published %s, end written %s; the slowest:"
                        + " %s; %d stops at once: %s",
                RUNNING,
                RATE,
                hungUp,
                ended,
                latencies(stops, Stopped::published),
                latencies(stops, Stopped::written),
                stops.stream().max(Comparator.comparing(Stopped::ended)).orElseThrow(),
                atOnce.size(),
                latencies(atOnce.stream().map(log).toList(), Stopped::ended));
        assertThat(hungUp.percentile(95)).isLessThanOrEqualTo(STOPPED_WITHIN_P95);
        assertThat(ended.percentile(95)).isLessThanOrEqualTo(STOPPED_WITHIN_P95);
    }

    private OfModel ask(ChatClient client) {
        return ask(
                client, "s-1", Plan.of(RATE * LONGEST_S, Duration.ofSeconds(1).dividedBy(RATE), Ending.DONE));
    }

    private void awaitText(OfModel each) throws InterruptedException {
        withLog(each.stream(), () -> each.stream().answer().awaitText(1));
    }

    private static Sent stop(OfModel stream) {
        var sent = new Sent(stream, System.nanoTime(), System.currentTimeMillis());
        stream.stream().client().stop(stream.stream().answer());
        return sent;
    }

    private Seen awaitEnd(Sent sent) throws InterruptedException {
        Running stream = sent.stream().stream();
        withLog(stream, () -> {
            assertThat(stream.answer().awaitEnd().type()).isEqualTo("generation_stopped");
            assertThat(stream.text()).startsWith(stream.answer().text());
        });
        return new Seen(
                sent,
                cluster.model().awaitHungUp(sent.stream().message()),
                stream.answer().awaitEnd().arrivedNanos());
    }

    /** What the log says of each, as it is now. */
    private Function<Seen, Stopped> inTheLog() {
        Map<StreamId, Long> publishedMs = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : topic(Topics.COMMANDS).records()) {
            if (CommandRecords.read(record) instanceof Decoded.Ok<Command>(Command.StopGeneration stop)) {
                publishedMs.put(new StreamId(stop.userId(), stop.messageId()), record.timestamp());
            }
        }
        Histories log = log();
        return seen -> {
            Running stream = seen.sent().stream().stream();
            long sentMs = seen.sent().wallMs();
            return new Stopped(
                    Instant.ofEpochMilli(sentMs),
                    Duration.ofMillis(Objects.requireNonNull(publishedMs.get(stream.id())) - sentMs),
                    Duration.ofNanos(seen.hungUpNanos() - seen.sent().nanos()),
                    Duration.ofMillis(log.of(stream).events().getLast().atMs() - sentMs),
                    Duration.ofNanos(seen.endedNanos() - seen.sent().nanos()));
        };
    }

    private static Latencies latencies(List<Stopped> stops, Function<Stopped, Duration> moment) {
        return Latencies.ofNanos(stops.stream().map(moment).mapToLong(Duration::toNanos));
    }
}
