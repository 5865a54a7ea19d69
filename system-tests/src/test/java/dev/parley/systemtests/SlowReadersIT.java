package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.UnreadSocket;
import dev.parley.systemtests.log.StreamHistory.AcceptedEvent;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.model.Plan;
import dev.parley.systemtests.process.Eventually;
import dev.parley.systemtests.process.Footprint;
import dev.parley.systemtests.process.Meters;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Gateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Sockets that never read, at a gateway that serves others.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=SlowReadersIT -Dparley.seed=1 -Dparley.faults.readers=50 \
 *     -Dparley.faults.rate=20</pre>
 */
@EnabledIfSystemProperty(named = "parley.faults", matches = "true")
class SlowReadersIT extends FaultTest {

    private static final int READERS = Form.size("readers", 20, 50);
    private static final int RATE = Form.size("rate", 20, 20);

    /** Longer than the test; the streams are stopped at its end. */
    private static final int LASTS_S = 120;

    private static final int PHASE_S = 6;

    /** Half of them resume a past stream, half follow a new one. One user may have 50 sockets. */
    private static final int DEAF = 50;

    /** Much more than the kernel buffers for a socket that is not read: 3 MB on loopback. */
    private static final int LARGE_STREAMS = 3;

    /** 780 KB, and as much again in its terminal event. */
    private static final Plan LARGE = Plan.large(260, 1_000, Duration.ofMillis(5));

    /** After a socket took its last byte. A gateway waits 15 s for progress. Until the large answers are sent, kernel buffers take some. */
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(20);

    private static final long MOST_HELD_BYTES = 256 << 10;
    private static final double NO_SLOWER_THAN = 2;

    private final List<UnreadSocket> deaf = new ArrayList<>();

    SlowReadersIT(Cluster cluster) {
        super(cluster);
    }

    @AfterEach
    void hangUp() {
        deaf.forEach(UnreadSocket::close);
    }

    /** A period, in ms since the epoch. */
    private record Phase(long from, long to) {

        boolean has(long ms) {
            return from <= ms && ms < to;
        }
    }

    @Test
    void they_are_closed_in_time_and_do_not_slow_down_others() throws Exception {
        Gateway gateway = cluster.gatewayAt(cluster.gateways().getFirst());
        long wallAtNanoZeroMs = System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        List<Running> others = new ArrayList<>();
        for (int n = 0; n < READERS; n++) {
            others.add(ask(connectTo(n % PARTITIONS, gateway.address()), "s-1", Script.of(LASTS_S * RATE, RATE)));
        }
        phase(others, 1);
        Phase quiet = phase(others, PHASE_S);
        ChatClient one = connectTo(random().nextInt(PARTITIONS), other(gateway.address()));
        ChatClient two = connectTo(random().nextInt(PARTITIONS), other(gateway.address()));
        Phase without = streamLarge(two);
        long closedBefore = closed(gateway);
        long heapBefore = heapBesideWindow(gateway);

        for (int n = 0; n < DEAF / 2; n++) {
            two.streams().forEach(deaf(two, gateway)::resume);
            UnreadSocket seesItCome = deaf(one, gateway);
            IntStream.range(0, LARGE_STREAMS).forEach(session -> seesItCome.join("s-" + session));
        }
        Phase stuck = streamLarge(one);
        long stuckSince = System.nanoTime();
        long heapStuck = heapBesideWindow(gateway);
        long closedMeanwhile = closed(gateway) - closedBefore;
        long closingFrom = System.currentTimeMillis();
        awaitClosed(gateway, closedBefore + DEAF, CLOSED_WITHIN.minusNanos(System.nanoTime() - stuckSince));
        long lastClosed = System.nanoTime();
        Phase closing = new Phase(closingFrom, System.currentTimeMillis());
        long held = heapStuck - Math.min(heapBefore, heapBesideWindow(gateway));

        others.forEach(each -> each.client().stop(each.answer()));
        for (Running each : others) {
            each.answer().awaitEnd();
        }
        Histories log = log();
        Latencies base = relay(others, log, quiet, wallAtNanoZeroMs);
        Latencies withoutStuck = relay(others, log, without, wallAtNanoZeroMs);
        Latencies withStuck = relay(others, log, stuck, wallAtNanoZeroMs);
        Latencies whileClosing = relay(others, log, closing, wallAtNanoZeroMs);
        printFigures(
                "%d sockets that never read, all closed with 4430 %d ms after the last could take no more; %d bytes of heap held each; others'"
                        + " relay %s; while large answers are streamed, without them %s, with them %s; while they are closed %s",
                deaf.size(),
                (lastClosed - stuckSince) / 1_000_000,
                held / DEAF,
                base,
                withoutStuck,
                withStuck,
                whileClosing);
        assertThat(closedMeanwhile).as("closed before the memory was measured").isZero();
        assertThat(held / DEAF).as("bytes held per socket").isLessThanOrEqualTo(MOST_HELD_BYTES);
        assertThat(p99(withStuck)).isLessThanOrEqualTo(NO_SLOWER_THAN * p99(withoutStuck));
        assertThat(p99(whileClosing)).isLessThanOrEqualTo(NO_SLOWER_THAN * p99(base));
    }

    /** One large answer after the other, each in a session of its own. */
    private Phase streamLarge(ChatClient user) throws InterruptedException {
        long from = System.currentTimeMillis();
        for (int n = 0; n < LARGE_STREAMS; n++) {
            assertComplete(List.of(ask(user, "s-" + n, LARGE).stream()), HEALED_WITHIN);
        }
        return new Phase(from, System.currentTimeMillis());
    }

    /** A socket of the same user that never reads. */
    private UnreadSocket deaf(ChatClient user, Gateway gateway) {
        UnreadSocket socket = UnreadSocket.connect(user.user(), gateway.address());
        deaf.add(socket);
        return socket;
    }

    /** The reachable heap of the gateway without the events that the hot window holds for everybody. */
    private static long heapBesideWindow(Gateway gateway) throws InterruptedException {
        long heap = Footprint.of(gateway.node()).heapBytes();
        return heap - Meters.of(gateway.management()).sum("parley_gateway_window_bytes");
    }

    private static long closed(Gateway gateway) {
        return Meters.of(gateway.management()).sum("parley_gateway_closes_total", "code=\"4430\"");
    }

    private static void awaitClosed(Gateway gateway, long count, Duration bound) {
        try {
            Eventually.await(count + " sockets closed with 4430", bound, () -> {
                long now = closed(gateway);
                return now >= count ? Optional.of(now) : Optional.empty();
            });
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + ", but " + closed(gateway), late);
        }
    }

    /** Lasts until each reader has received so many more seconds of its answer. */
    private static Phase phase(List<Running> others, int seconds) throws InterruptedException {
        long from = System.currentTimeMillis();
        List<Integer> targets = others.stream()
                .map(each -> each.answer().chars() + seconds * each.text().length() / LASTS_S)
                .toList();
        for (int n = 0; n < others.size(); n++) {
            others.get(n).answer().awaitText(targets.get(n));
        }
        return new Phase(from, System.currentTimeMillis());
    }

    /** From the time of a record to its arrival at the client, for records of that phase. */
    private static Latencies relay(List<Running> others, Histories log, Phase phase, long wallAtNanoZeroMs) {
        return Latencies.ofNanos(others.stream().flatMapToLong(each -> {
            List<AcceptedEvent> events = log.of(each).events();
            List<Frame> frames = each.answer().events();
            return IntStream.range(0, frames.size())
                    .filter(seq -> phase.has(events.get(seq).atMs()))
                    .mapToLong(seq -> frames.get(seq).arrivedNanos()
                            - TimeUnit.MILLISECONDS.toNanos(events.get(seq).atMs() - wallAtNanoZeroMs));
        }));
    }

    private static double p99(Latencies latencies) {
        return latencies.percentile(99).toNanos();
    }
}
