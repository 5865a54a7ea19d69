package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Parley;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A gateway is killed or shut down while many clients read.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=GatewayFaultsIT -Dparley.seed=1 -Dparley.faults.streams=1000 \
 *     -Dparley.faults.leaving=500 -Dparley.faults.rate=3 -Dparley.faults.repeats=3</pre>
 */
class GatewayFaultsIT extends FaultTest {

    private static final int STREAMS = Form.size("streams", 100, 1_000);
    private static final int LEAVING = Form.size("leaving", 100, 500);
    private static final int RATE = Form.size("rate", 8, 3);

    /** Long enough that each stream continues for some seconds afterwards. */
    private static final int CHUNKS = RATE * Form.size("seconds", 6, 40);

    private static final Duration GOES_ON_WITHIN = Duration.ofSeconds(5);

    /** {@code parley.gateway.socket.reconnect-spread-ms}. */
    private static final long RECONNECT_SPREAD_MS = 5_000;

    GatewayFaultsIT(Cluster cluster) {
        super(cluster);
    }

    @ParameterizedTest
    @MethodSource("dev.parley.systemtests.Form#rounds")
    void clients_of_a_killed_gateway_continue_at_the_other(int round) throws Exception {
        URI victim = cluster.gateways().get(random().nextInt(2));
        List<Reader> readers = underWay(streams(STREAMS, () -> Script.of(CHUNKS, RATE)));
        List<Reader> cutOff = readers.stream()
                .filter(reader -> reader.gateway().equals(victim))
                .toList();

        long killed = System.nanoTime();
        cluster.gatewayAt(victim).node().kill();
        AtOnce.all(cutOff.stream().map(this::goOnAfterKill).toList());
        for (Reader each : readers) {
            each.assertExact();
        }

        Latencies next = nextEvents(cutOff, killed);
        printFigures(
                "killed with %d of %d clients; kill to their next event at the other gateway %s",
                cutOff.size(), readers.size(), next);
        assertThat(cutOff).hasSize(STREAMS / 2);
        assertThat(next.max()).isLessThanOrEqualTo(GOES_ON_WITHIN);
    }

    private Callable<Reader> goOnAfterKill(Reader reader) {
        return () -> {
            assertThat(reader.awaitClosed()).isEqualTo(1006);
            goOnAtTheOther(reader);
            return reader;
        };
    }

    /** The clients reconnect at once and do not wait as told, which makes the test harder. */
    @ParameterizedTest
    @MethodSource("dev.parley.systemtests.Form#rounds")
    void a_gateway_that_shuts_down_tells_each_client_and_each_continues_at_the_other(int round) throws Exception {
        URI leaver = cluster.gateways().get(random().nextInt(2));
        List<ChatClient> clients = new ArrayList<>();
        for (int n = 0; n < LEAVING; n++) {
            clients.add(connectTo(n % PARTITIONS, leaver));
        }
        List<Reader> readers = underWay(clients.stream()
                .map(client -> ask(client, "s-1", Script.of(CHUNKS, RATE)))
                .toList());

        long left = System.nanoTime();
        cluster.gatewayAt(leaver).node().askToLeave();
        List<Long> told = AtOnce.all(readers.stream().map(this::goOnWhenTold).toList());
        cluster.gatewayAt(leaver).node().awaitGone(Parley.LEAVES_WITHIN);
        long gone = System.nanoTime();
        for (Reader each : readers) {
            each.assertExact();
        }

        printFigures(
                "left with %d clients in %d ms; all were told, to come back after %d to %d ms, and closed with 1012; SIGTERM to"
                        + " their next event at the other gateway %s",
                readers.size(),
                (gone - left) / 1_000_000,
                times(told).min().orElseThrow(),
                times(told).max().orElseThrow(),
                nextEvents(readers, left));
        assertThat(told).allMatch(ms -> ms >= 0 && ms < RECONNECT_SPREAD_MS);
        assertThat(times(told).max().orElseThrow() - times(told).min().orElseThrow())
                .as("the time over which they are spread")
                .isGreaterThan(RECONNECT_SPREAD_MS / 2);
    }

    private static LongStream times(List<Long> told) {
        return told.stream().mapToLong(Long::longValue);
    }

    /** @return the reconnect delay that it was told, in ms */
    private Callable<Long> goOnWhenTold(Reader reader) {
        return () -> {
            long reconnectInMs = reader.socket()
                    .awaitFrame("going_away")
                    .data()
                    .path("reconnect_in_ms")
                    .asLong(-1);
            assertThat(reader.awaitClosed()).isEqualTo(1012);
            goOnAtTheOther(reader);
            return reconnectInMs;
        };
    }

    /** Returns when the reader has its next event, if there are more. */
    private void goOnAtTheOther(Reader reader) throws InterruptedException {
        Frame resumed = reader.resumeAt(other(reader.gateway()));
        if (resumed.data().path("live").asBoolean(false)) {
            reader.part().awaitFirst();
        }
    }

    /** From a moment to the first event at the other gateway, for the streams that were not over by then. */
    private static Latencies nextEvents(List<Reader> readers, long moment) {
        return Latencies.ofNanos(readers.stream()
                .flatMap(reader -> reader.part().events().stream().limit(1))
                .mapToLong(event -> event.arrivedNanos() - moment));
    }

    private List<Reader> underWay(List<Running> streams) throws InterruptedException {
        for (Running each : streams) {
            each.answer().awaitText(1);
        }
        return streams.stream().map(stream -> new Reader(this, stream)).toList();
    }
}
