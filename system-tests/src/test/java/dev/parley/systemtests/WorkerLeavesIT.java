package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import dev.parley.systemtests.setup.Parley;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SIGTERM of one of two workers with active streams, as in every deployment.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=WorkerLeavesIT -Dparley.seed=1 -Dparley.faults.streams=50 \
 *     -Dparley.faults.repeats=3</pre>
 */
class WorkerLeavesIT extends FaultTest {

    private static final int STREAMS = Form.size("streams", 16, 50);
    private static final int RATE = Form.size("rate", 20, 50);
    private static final int CHUNKS = RATE * Form.size("seconds", 4, 12);

    /** The time between two rounds of new messages. A user may send 120 a minute. */
    private static final Duration ROUND = Duration.ofMillis(Form.size("round_ms", 200, 200));

    /** By then a worker that received SIGTERM has begun to leave and starts no more streams. */
    private static final Duration KNOWS_WITHIN = Duration.ofSeconds(1);

    WorkerLeavesIT(Cluster cluster) {
        super(cluster);
    }

    @ParameterizedTest
    @MethodSource("dev.parley.systemtests.Form#rounds")
    void streams_continue_and_the_other_worker_starts_new_messages_at_once(int round) throws Exception {
        NewMessages newMessages = new NewMessages(this);
        List<Running> streams = streams(STREAMS, () -> Script.of(CHUNKS, RATE));
        for (Running each : streams) {
            each.answer().awaitText(each.text().length() / CHUNKS);
        }
        Node leaver = anyWorker();
        Running clock = streams.getLast();

        long left = System.nanoTime();
        leaver.askToLeave();
        int charsARound = (int) (clock.text().length() * ROUND.toMillis() * RATE / CHUNKS / 1000);
        do {
            newMessages.ask();
            clock.answer()
                    .awaitText(Math.min(clock.text().length(), clock.answer().chars() + charsARound));
        } while (leaver.isAlive() && clock.answer().chars() < clock.text().length());
        leaver.awaitGone(Parley.LEAVES_WITHIN);

        assertComplete(streams, HEALED_WITHIN);
        assertComplete(newMessages.all(), HEALED_WITHIN);
        Latencies silences = Latencies.ofNanos(streams.stream().mapToLong(each -> each.longestSilenceAfter(left)));
        Latencies starts = newMessages.startTimes(newMessages.all());
        Histories log = log();
        List<Running> carried = log.startedBy(leaver, streams);
        Map<String, Long> starters = newMessages.all().stream()
                .collect(Collectors.groupingBy(log::starter, TreeMap::new, Collectors.counting()));
        printFigures(
                "%s left with %d of %d streams; longest silence %s; new messages: send to start %s, started by %s",
                leaver.name(), carried.size(), streams.size(), silences, starts, starters);
        assertThat(carried).as("under way when it left").isNotEmpty().allMatch(each -> each.lasted(left));
        assertThat(histories())
                .allSatisfy(stream -> assertThat(stream.attempts())
                        .as("attempts of %s", stream.id())
                        .hasSize(1));
        assertThat(silences.max()).isLessThanOrEqualTo(UNNOTICED);
        assertThat(log.startedBy(leaver, newMessages.all()))
                .as("started by the worker that leaves")
                .allMatch(each -> each.askedNanos() - left < KNOWS_WITHIN.toNanos());
        assertThat(late(newMessages.all(), left, log)).as("started late").isEmpty();
    }

    /** The messages of each partition in which some did not start at once, as text. */
    private static Map<Integer, List<String>> late(List<Running> newMessages, long left, Histories log)
            throws InterruptedException {
        Map<Integer, List<String>> all = new TreeMap<>();
        Set<Integer> late = new HashSet<>();
        for (Running each : newMessages) {
            int partition = log.of(each).partition();
            long nanos = each.startedAfterNanos();
            all.computeIfAbsent(partition, _ -> new ArrayList<>())
                    .add("sent %d ms after SIGTERM, started %d ms later by %s"
                            .formatted(
                                    TimeUnit.NANOSECONDS.toMillis(each.askedNanos() - left),
                                    TimeUnit.NANOSECONDS.toMillis(nanos),
                                    log.starter(each)));
            if (nanos > UNNOTICED.toNanos()) {
                late.add(partition);
            }
        }
        all.keySet().retainAll(late);
        return all;
    }
}
