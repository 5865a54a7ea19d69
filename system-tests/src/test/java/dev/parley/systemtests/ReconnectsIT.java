package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Clients lose their sockets at any moment and continue at the other gateway.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=ReconnectsIT -Dparley.seed=1 -Dparley.faults.streams=1000 \
 *     -Dparley.faults.seconds=50</pre>
 */
class ReconnectsIT extends FaultTest {

    private static final int STREAMS = Form.size("streams", 100, 1_000);

    /** The longest duration of most answers. */
    private static final int SECONDS = Form.size("seconds", 5, 50);

    /** The duration of the long answers. */
    private static final int LONG_SECONDS = SECONDS + 3;

    /** Many more tokens than events: tokens that arrive faster than Kafka acknowledges are joined. */
    private static final int LONG_CHUNKS = 600;

    private static final int LONG_EVENTS = 300;
    private static final int MOST_DROPS = 3;

    private static final Duration STORM_OVER_WITHIN = Duration.ofSeconds(30);

    ReconnectsIT(Cluster cluster) {
        super(cluster);
    }

    /** @param at the part of the answer after which the socket is dropped */
    private record Drop(double at, boolean polite) {}

    /** A reader and its drops. */
    private record Journey(Callable<Reader> begin, List<Drop> drops) {}

    /**
     * First all sockets are cut at once. Then each is dropped one to three more times, at points of its own. Of ten streams one is long,
     * two are over before their reader is back, and three have a second tab that joins in the middle and has drops of its own.
     */
    @Test
    void no_reader_loses_an_event_when_sockets_drop_at_any_point() throws Exception {
        List<Journey> journeys = new ArrayList<>();
        List<Running> all = new ArrayList<>();
        List<Reader> askers = new ArrayList<>();
        List<Reader> late = new ArrayList<>();
        List<ChatClient> clients = connectAll(STREAMS);
        for (int n = 0; n < clients.size(); n++) {
            Running stream = ask(clients.get(n), "s-1", script(n % 10));
            all.add(stream);
            if (n % 10 == 1 || n % 10 == 2) {
                late.add(new Reader(this, stream));
                continue;
            }
            Reader reader = new Reader(this, stream);
            askers.add(reader);
            journeys.add(new Journey(() -> reader, drops(0)));
            if (n % 10 >= 7) {
                URI gateway = cluster.gateways().get(random().nextInt(2));
                double joinAt = random().nextDouble(0.1, 0.5);
                journeys.add(new Journey(() -> tabJoining(stream, gateway, joinAt), drops(joinAt)));
            }
        }
        // An unacknowledged message may be unknown to every node.
        for (Running each : all) {
            each.answer().awaitAcknowledged();
        }
        late.forEach(Reader::cut);
        Latencies storm = storm(askers);
        List<Reader> readers = AtOnce.all(journeys.stream()
                .<Callable<Reader>>map(journey -> () -> play(journey))
                .toList());
        List<Boolean> live = AtOnce.all(late.stream().map(this::comeBack).toList());

        List<Reader> everybody = Stream.concat(readers.stream(), late.stream()).toList();
        for (Reader each : everybody) {
            each.assertExact();
        }
        List<Drop> drops =
                journeys.stream().flatMap(journey -> journey.drops().stream()).toList();
        long longOnes = everybody.stream()
                .filter(reader -> reader.frames().size() > LONG_EVENTS)
                .count();
        printFigures(
                "%d streams, %d readers, %d with more than %d events (the most %d), %d over before they were back; %d sockets cut, %d closed;"
                        + " %d events read without a gap or a duplicate; all cut at once: %s to resumed; connect to resumed %s",
                all.size(),
                everybody.size(),
                longOnes,
                LONG_EVENTS,
                everybody.stream()
                        .mapToInt(reader -> reader.frames().size())
                        .max()
                        .orElseThrow(),
                late.size(),
                drops.stream().filter(drop -> !drop.polite()).count() + late.size() + askers.size(),
                drops.stream().filter(Drop::polite).count(),
                everybody.stream().mapToLong(reader -> reader.frames().size()).sum(),
                storm,
                resumes(everybody));
        assertThat(storm.max()).isLessThanOrEqualTo(STORM_OVER_WITHIN);
        assertThat(live).as("what was over before the reader was back").containsOnly(false);
        assertThat(longOnes).isGreaterThanOrEqualTo(STREAMS / 20);
    }

    private Script script(int kind) {
        if (kind == 1 || kind == 2) {
            return Script.of(30, 100);
        }
        int chunks = kind == 0 ? LONG_CHUNKS : random().nextInt(20, 80);
        double seconds = kind == 0 ? LONG_SECONDS : random().nextDouble(0.4, 1) * SECONDS;
        return Script.of(chunks, (int) Math.ceil(chunks / seconds));
    }

    /** @param from the part of the answer before which nothing is dropped */
    private List<Drop> drops(double from) {
        return DoubleStream.generate(() -> random().nextDouble(from, 1))
                .limit(random().nextInt(1, MOST_DROPS + 1))
                .sorted()
                .mapToObj(at -> new Drop(at, random().nextBoolean()))
                .toList();
    }

    /** Another socket tells the time, because the asker's own may be gone. */
    private Reader tabJoining(Running stream, URI gateway, double at) throws InterruptedException {
        ChatClient observer = connect(stream.client().user(), gateway);
        observer.resume(stream.answer().sessionId(), stream.answer().messageId(), -1)
                .awaitText((int) (at * stream.text().length()));
        observer.close();
        return Reader.joining(this, stream, gateway);
    }

    private Reader play(Journey journey) throws Exception {
        Reader reader = journey.begin().call();
        for (Drop drop : journey.drops()) {
            reader.awaitText((int) (drop.at() * reader.stream().text().length()));
            if (drop.polite()) {
                reader.leave();
            } else {
                reader.cut();
            }
            reader.resumeAt(other(reader.gateway()));
        }
        reader.assertExact();
        return reader;
    }

    /** @return whether the stream was still active */
    private Callable<Boolean> comeBack(Reader reader) {
        return () -> {
            Frame resumed = reader.resumeAt(other(reader.gateway()));
            return resumed.data().path("live").asBoolean(true);
        };
    }

    /** All at the same moment. @return the time from then to {@code resumed} at the other gateway */
    private Latencies storm(List<Reader> readers) throws InterruptedException {
        long dropped = System.nanoTime();
        readers.forEach(Reader::cut);
        return Latencies.ofNanos(AtOnce.all(readers.stream()
                .<Callable<Long>>map(
                        reader -> () -> reader.resumeAt(other(reader.gateway())).arrivedNanos() - dropped)
                .toList()));
    }

    private static Latencies resumes(List<Reader> readers) {
        return Latencies.ofNanos(readers.stream()
                .flatMap(reader -> reader.resumeNanos().stream())
                .toList());
    }
}
