package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.IdleSockets;
import dev.parley.systemtests.process.Eventually;
import dev.parley.systemtests.process.Footprint;
import dev.parley.systemtests.process.Meters;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Gateway;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What an idle connection costs. The gateway is a process of its own with an empty hot window and the documented options; it returns
 * unused memory, so the figure is what the connections need and not what connecting them took.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=IdleSocketsIT -Dparley.faults.sockets=5000</pre>
 */
class IdleSocketsIT extends FaultTest {

    private static final int SOCKETS = Form.size("sockets", 1_000, 5_000);
    private static final int WARM_UP = 200;

    /** Below the limit of connections of one user at one gateway. */
    private static final int SOCKETS_A_USER = 40;

    private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(60);
    private static final Duration GONE_WITHIN = Duration.ofSeconds(20);

    /** The gateway's own connections to Kafka and MongoDB, some of which it opens on demand. */
    private static final int LAZY_DESCRIPTORS = 8;

    private static final long MOST_RSS_BYTES = 30 << 10;

    private static final List<String> JVM = List.of(
            "-XX:+UseCompactObjectHeaders",
            "-Xms16m",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:MinHeapFreeRatio=5",
            "-XX:MaxHeapFreeRatio=10",
            "-XX:-ShrinkHeapInSteps",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto");

    IdleSocketsIT(Cluster cluster) {
        super(cluster);
    }

    /** This test needs no workers. */
    @Override
    @BeforeEach
    void settle() {}

    @Test
    void an_idle_socket_costs_little_and_leaves_nothing_behind() throws Exception {
        try (Gateway gateway = cluster.gatewayApart(JVM)) {
            gateway.node().start();
            gateway.node().awaitReady();
            String users = user("idle");
            int most = Footprint.descriptors(gateway.node()) + LAZY_DESCRIPTORS;
            open(gateway, users, WARM_UP).close();
            int descriptors = awaitDescriptors(gateway, most);
            Footprint before = Footprint.of(gateway.node());
            long rssBefore = Footprint.rssAfterCollection(gateway.node());

            IdleSockets sockets = open(gateway, users, SOCKETS);
            awaitConnections(gateway, SOCKETS);
            int descriptorsHeld = Footprint.descriptors(gateway.node());
            long rss = Footprint.rssAfterCollection(gateway.node()) - rssBefore;
            long heap = Footprint.of(gateway.node()).heapBytes() - before.heapBytes();
            sockets.lookAfter();
            int alive = sockets.open();
            sockets.close();
            long closed = System.nanoTime();
            int left = awaitDescriptors(gateway, most);
            long gone = System.nanoTime();
            awaitConnections(gateway, 0);

            printFigures(
                    "%d idle sockets: %d bytes of RSS each, of these %d of heap; descriptors %d, with them %d, %d ms after them %d",
                    alive,
                    rss / SOCKETS,
                    heap / SOCKETS,
                    descriptors,
                    descriptorsHeld,
                    (gone - closed) / 1_000_000,
                    left);
            assertThat(alive).isEqualTo(SOCKETS);
            assertThat(descriptorsHeld).isGreaterThanOrEqualTo(descriptors + SOCKETS);
            assertThat(rss / SOCKETS).as("bytes of RSS per socket").isLessThanOrEqualTo(MOST_RSS_BYTES);
        }
    }

    private static IdleSockets open(Gateway gateway, String users, int count) {
        return IdleSockets.open(gateway.address(), count, n -> users + "-" + n / SOCKETS_A_USER, CONNECTED_WITHIN);
    }

    private static void awaitConnections(Gateway gateway, long count) {
        Eventually.await(count + " connections", GONE_WITHIN, () -> {
            long now = Meters.of(gateway.management()).sum("parley_gateway_connections");
            return now == count ? Optional.of(now) : Optional.empty();
        });
    }

    private static int awaitDescriptors(Gateway gateway, int atMost) {
        return Eventually.await("at most " + atMost + " descriptors", GONE_WITHIN, () -> {
            int now = Footprint.descriptors(gateway.node());
            return now <= atMost ? Optional.of(now) : Optional.empty();
        });
    }
}
