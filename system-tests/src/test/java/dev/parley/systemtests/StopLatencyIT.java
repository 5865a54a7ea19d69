package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.model.Plan;
import dev.parley.systemtests.model.Plan.Ending;
import dev.parley.systemtests.setup.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How long a stop takes while many answers of a model come over HTTP.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=StopLatencyIT -Dparley.seed=1 -Dparley.faults.running=100 \
 *     -Dparley.faults.stops=100 -Dparley.faults.rate=20 -Dparley.faults.repeats=3</pre>
 */
class StopLatencyIT extends FaultTest {

    private static final int RUNNING = Form.size("running", 100, 100);
    private static final int STOPS = Form.size("stops", 40, 100);
    private static final int RATE = Form.size("rate", 5, 20);

    /** No answer ends by itself before it is stopped, however slow the machine is. */
    private static final int LONGEST_S = 540;

    private static final Duration STOPPED_WITHIN_P95 = Duration.ofMillis(200);

    StopLatencyIT(Cluster cluster) {
        super(cluster);
    }

    private record Stopped(long hungUpNanos, long endedNanos) {}

    /** One stop after the other; the others go on meanwhile, and are stopped all at once in the end, which is reported only. */
    @ParameterizedTest
    @MethodSource("dev.parley.systemtests.Form#rounds")
    void a_stop_closes_the_models_connection_and_ends_the_stream_at_once(int round) throws Exception {
        List<OfModel> streams = new ArrayList<>();
        Plan plan = Plan.of(RATE * LONGEST_S, Duration.ofSeconds(1).dividedBy(RATE), Ending.DONE);
        connectAll(RUNNING + STOPS).forEach(client -> streams.add(ask(client, "s-1", plan)));
        for (OfModel each : streams) {
            telling(each.stream(), () -> each.stream().answer().awaitText(1));
        }
        Collections.shuffle(streams, dice());

        List<Stopped> stopped = new ArrayList<>();
        for (OfModel each : streams.subList(0, STOPS)) {
            stopped.add(awaitEnd(each, stop(each)));
        }
        List<OfModel> rest = streams.subList(STOPS, streams.size());
        List<Long> sent = rest.stream().map(StopLatencyIT::stop).toList();
        List<Stopped> together = new ArrayList<>();
        for (int n = 0; n < rest.size(); n++) {
            together.add(awaitEnd(rest.get(n), sent.get(n)));
        }

        Latencies hungUp = hungUp(stopped);
        Latencies ended = ended(stopped);
        say(
                "%d streams at %d/s; stop to connection closed %s, to generation_stopped %s; %d stops at once: closed %s,"
                        + " generation_stopped %s",
                RUNNING, RATE, hungUp, ended, rest.size(), hungUp(together), ended(together));
        assertThat(hungUp.percentile(95)).isLessThanOrEqualTo(STOPPED_WITHIN_P95);
        assertThat(ended.percentile(95)).isLessThanOrEqualTo(STOPPED_WITHIN_P95);
    }

    /** @return when */
    private static long stop(OfModel stream) {
        long now = System.nanoTime();
        stream.stream().client().stop(stream.stream().answer());
        return now;
    }

    private Stopped awaitEnd(OfModel each, long stoppedAt) throws InterruptedException {
        Running stream = each.stream();
        telling(stream, () -> {
            assertThat(stream.answer().awaitEnd().type()).isEqualTo("generation_stopped");
            assertThat(stream.text()).startsWith(stream.answer().text());
        });
        return new Stopped(
                cluster.model().awaitHungUp(each.message()) - stoppedAt,
                stream.answer().awaitEnd().arrivedNanos() - stoppedAt);
    }

    private static Latencies hungUp(List<Stopped> stops) {
        return Latencies.ofNanos(stops.stream().mapToLong(Stopped::hungUpNanos));
    }

    private static Latencies ended(List<Stopped> stops) {
        return Latencies.ofNanos(stops.stream().mapToLong(Stopped::endedNanos));
    }
}
