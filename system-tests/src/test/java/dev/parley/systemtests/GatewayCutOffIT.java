package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.process.Eventually;
import dev.parley.systemtests.process.TcpProxy.Way;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Gateway;
import dev.parley.systemtests.setup.Parley;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The network between a gateway and Kafka fails, one way or both, while clients still reach the gateway.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=GatewayCutOffIT -Dparley.seed=1 -Dparley.faults.streams=50</pre>
 */
class GatewayCutOffIT extends FaultTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final int STREAMS = Form.size("streams", 8, 50);
    private static final int RATE = 10;

    /** {@code parley.gateway.tail.unanswered-ms}, one probe, and time for a busy machine. */
    private static final Duration NOT_READY_WITHIN = Duration.ofSeconds(7);

    /** {@code parley.gateway.tail.leave-ms}, two reads of the store, and time for a busy machine. */
    private static final Duration TOLD_TO_LEAVE_WITHIN = Duration.ofSeconds(14);

    private static final Duration BACK_WITHIN = Duration.ofSeconds(6);

    private final Gateway victim;

    GatewayCutOffIT(Cluster cluster) {
        super(cluster);
        victim = cluster.gatewayAt(cluster.gateways().getFirst());
    }

    static Stream<Set<Way>> cuts() {
        return Form.isLong()
                ? Stream.of(EnumSet.allOf(Way.class), Set.of(Way.TO_SERVER), Set.of(Way.FROM_SERVER))
                : Stream.of(EnumSet.allOf(Way.class));
    }

    @BeforeEach
    void goByTheDetour() throws InterruptedException {
        cluster.viaDetour(victim.node());
        restart();
    }

    @AfterEach
    void goDirectly() throws InterruptedException {
        cluster.detour().restore();
        cluster.directly(victim.node());
        restart();
    }

    private void restart() throws InterruptedException {
        victim.node().terminate(Parley.LEAVES_WITHIN);
        victim.node().start();
        victim.node().awaitReady();
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void it_is_soon_not_ready_and_later_its_clients_continue_at_the_other_gateway(Set<Way> ways) throws Exception {
        List<Reader> readers = readers(30);

        long cut = System.nanoTime();
        cluster.detour().cut(ways);
        awaitReadiness(503, NOT_READY_WITHIN);
        long notReady = System.nanoTime();
        List<Long> told = AtOnce.all(readers.stream().map(this::goOnWhenTold).toList());
        Latencies sent = Latencies.ofNanos(told.stream().mapToLong(at -> at - cut));
        for (Reader each : readers) {
            each.assertExact();
        }
        cluster.detour().restore();
        awaitReadiness(200, BACK_WITHIN);

        printFigures(
                "cut off %s with %d clients: not ready after %d ms, clients told to leave after %s",
                ways, readers.size(), (notReady - cut) / 1_000_000, sent);
        assertThat(sent.max()).isLessThanOrEqualTo(TOLD_TO_LEAVE_WITHIN);
    }

    private Callable<Long> goOnWhenTold(Reader reader) {
        return () -> {
            Frame told = reader.socket().awaitFrame("going_away");
            assertThat(told.data().path("reconnect_in_ms").asLong(-1)).isNotNegative();
            assertThat(reader.awaitClosed()).isEqualTo(1012);
            reader.resumeAt(other(victim.address()));
            return told.arrivedNanos();
        };
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void after_a_short_cut_its_clients_continue_on_their_connections(Set<Way> ways) throws Exception {
        List<Reader> readers = readers(20);

        cluster.detour().cut(ways);
        awaitReadiness(503, NOT_READY_WITHIN);
        cluster.detour().restore();
        long restored = System.nanoTime();
        List<Long> next = AtOnce.all(
                readers.stream().map(reader -> nextEvent(reader, restored)).toList());
        Latencies back = Latencies.ofNanos(next.stream().mapToLong(at -> at - restored));
        awaitReadiness(200, BACK_WITHIN);
        for (Reader each : readers) {
            each.assertExact();
        }

        printFigures("cut off %s for a while with %d clients: back to the next event %s", ways, readers.size(), back);
        assertThat(back.max()).isLessThanOrEqualTo(BACK_WITHIN);
    }

    private static Callable<Long> nextEvent(Reader reader, long after) {
        return () -> Eventually.await(
                "an event",
                BACK_WITHIN.multipliedBy(2),
                () -> reader.part().events().stream()
                        .map(Frame::arrivedNanos)
                        .filter(arrived -> arrived - after > 0)
                        .findFirst());
    }

    /** Readers of streams of so many seconds, all connected to the victim, each with at least one event. */
    private List<Reader> readers(int seconds) throws InterruptedException {
        List<Running> streams = new ArrayList<>();
        for (int n = 0; n < STREAMS; n++) {
            streams.add(ask(connectTo(n % PARTITIONS, victim.address()), "s-1", Script.of(RATE * seconds, RATE)));
        }
        for (Running each : streams) {
            each.answer().awaitText(1);
        }
        return streams.stream().map(stream -> new Reader(this, stream)).toList();
    }

    private void awaitReadiness(int status, Duration bound) {
        Eventually.await(
                "readiness " + status, bound, () -> readiness() == status ? Optional.of(status) : Optional.empty());
    }

    private int readiness() {
        URI address = victim.management().resolve("/actuator/health/readiness");
        try {
            return HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
