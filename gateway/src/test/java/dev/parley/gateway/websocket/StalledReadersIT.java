package dev.parley.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.Heap;
import dev.parley.gateway.testkit.LatencyProbe;
import dev.parley.gateway.testkit.RawSocket;
import dev.parley.gateway.testkit.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** 50 stalled readers with default settings, while other readers measure the latency of their events. */
@WithBackends
class StalledReadersIT {

    private static final int STALLED = 50;
    private static final int READERS = 10;
    private static final int BOUND = 256 * 1024;
    private static final int LOAD_CHUNKS = 60;
    private static final int CHUNK = 16 * 1024;
    private static final long CHUNK_EVERY_MS = 50;
    private static final Duration BOUND_TIME = Duration.ofSeconds(20);

    /** A garbage collection or a busy machine can spoil one round; three in a row are not chance. */
    private static final int ROUNDS = 3;

    private final Backends backends;
    private final GatewayNode node;

    StalledReadersIT(Backends backends) {
        this.backends = backends;
        this.node = GatewayNode.shared(backends);
    }

    @Test
    @Timeout(180)
    void fifty_sockets_that_never_read_are_closed_hold_little_memory_and_delay_no_reader() throws Exception {
        List<Double> ratios = new ArrayList<>();
        do {
            ratios.add(round());
        } while (ratios.getLast() > 2 && ratios.size() < ROUNDS);
        assertThat(ratios.getLast())
                .as("p99 with them to p99 without, by round: " + ratios)
                .isLessThanOrEqualTo(2);
    }

    private double round() throws Exception {
        try (LatencyProbe probe = LatencyProbe.start(node, backends, READERS)) {
            load(Backends.unique("unread"));
            long without = probe.takeP99Nanos();

            String user = Backends.unique("stalled");
            long before = Heap.usedAfterGc();
            double closed = closedAsTooSlow();
            List<RawSocket> stalled = new ArrayList<>();
            for (int i = 0; i < STALLED; i++) {
                stalled.add(RawSocket.open(node, user));
                stalled.getLast().text("{\"type\":\"join_session\",\"data\":{\"session_id\":\"s\"}}");
            }
            probe.takeP99Nanos();
            long since = System.nanoTime();
            load(user);
            long with = probe.takeP99Nanos();
            assertThat(closedAsTooSlow())
                    .as("all are connected during the measurement")
                    .isEqualTo(closed);
            long heap = (Heap.usedAfterGc() - before) / STALLED;
            long system = maxUnsent(node.port());
            Await.until("all are closed with 4430", BOUND_TIME, () -> closedAsTooSlow() - closed == STALLED);
            long closedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
            Await.until("their memory is free", () -> node.bean(Relay.class).connections() == READERS);
            for (RawSocket each : stalled) {
                each.close();
            }
            System.out.printf(
                    Locale.ROOT,
                    "Stalled readers: p99 %.1f ms without and %.1f ms with them; each held %d KiB of heap and %d KiB in the"
                            + " system; closed within %d ms%n",
                    without / 1e6,
                    with / 1e6,
                    heap / 1024,
                    system / 1024,
                    closedMs);
            assertThat(closedMs).isLessThan(BOUND_TIME.toMillis());
            assertThat(heap + system).isLessThanOrEqualTo(BOUND);
            return (double) with / without;
        }
    }

    /** Writes more than a connection may hold, in about three seconds. */
    private void load(String user) throws InterruptedException {
        String text = "x".repeat(CHUNK);
        try (Worker worker = Worker.of(backends, user, "s", Backends.unique("m"));
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            worker.start().flush();
            CountDownLatch left = new CountDownLatch(LOAD_CHUNKS);
            var ticks = clock.scheduleAtFixedRate(
                    () -> {
                        worker.chunk(text).flush();
                        left.countDown();
                    },
                    0,
                    CHUNK_EVERY_MS,
                    TimeUnit.MILLISECONDS);
            assertThat(left.await(BOUND_TIME.toSeconds(), TimeUnit.SECONDS)).isTrue();
            ticks.cancel(false);
        }
    }

    private double closedAsTooSlow() {
        return node.count("parley.gateway.closes", "code", "4430");
    }

    /** The longest send queue of the gateway's connections, from Linux; 0 on other systems. */
    private static long maxUnsent(int port) throws IOException {
        String local = String.format(Locale.ROOT, ":%04X", port);
        long max = 0;
        for (Path table : List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"))) {
            if (Files.isReadable(table)) {
                for (String line : Files.readAllLines(table)) {
                    String[] columns = line.strip().split("\\s+");
                    if (columns[1].endsWith(local)) {
                        max = Math.max(max, Long.parseLong(columns[4].split(":")[0], 16));
                    }
                }
            }
        }
        return max;
    }
}
