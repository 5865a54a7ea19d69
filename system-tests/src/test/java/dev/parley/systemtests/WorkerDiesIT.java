package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SIGKILL of one of two workers with many streams. The lease is 3 s and the group session 45 s: nothing here waits for the group.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=WorkerDiesIT -Dparley.seed=1 -Dparley.faults.streams=50 \
 *     -Dparley.faults.rate=50 -Dparley.faults.repeats=3 -Dparley.faults.newcomer_rounds=15</pre>
 */
@Order(TestClassOrder.OWN_WORKERS)
class WorkerDiesIT extends FaultTest {

    private static final Duration GOES_ON_WITHIN_MEDIAN = Duration.ofSeconds(4);
    private static final Duration GOES_ON_WITHIN = Duration.ofSeconds(6);
    private static final Duration GROUP_SESSION = Duration.ofSeconds(45);

    private static final int STREAMS = Form.size("streams", 50, 50);
    private static final int RATE = Form.size("rate", 20, 50);

    /** Long enough that each stream continues for some seconds after its takeover. */
    private static final int CHUNKS = RATE * Form.size("seconds", 6, 12);

    private static final int NEWCOMER_ROUNDS = Form.size("newcomer_rounds", 3, 15);

    WorkerDiesIT(Cluster cluster) {
        super(cluster);
    }

    /**
     * Recovery is the time from the kill to the first event of the new writer at the client; events that were already in the log do not
     * count. Messages sent after the kill are reported separately: the first of each partition, and the later ones, each sent when the
     * one before it has started.
     */
    @ParameterizedTest
    @MethodSource("dev.parley.systemtests.Form#rounds")
    void its_streams_continue_and_new_messages_are_answered(int round) throws Exception {
        assertThat(group().session()).isEqualTo(GROUP_SESSION);
        NewMessages newMessages = new NewMessages(this);
        List<Running> streams = streams(STREAMS, () -> Script.of(CHUNKS, RATE));
        int some = random().nextInt(RATE);
        for (Running each : streams) {
            each.answer().awaitText(each.text().length() * some / CHUNKS);
        }
        Node victim = anyWorker();

        long killedMs = System.currentTimeMillis();
        long killed = System.nanoTime();
        kill(victim);
        List<Running> first = newMessages.askAndAwaitStarts();
        List<Running> later = new ArrayList<>();
        for (int n = 1; n < NEWCOMER_ROUNDS; n++) {
            later.addAll(newMessages.askAndAwaitStarts());
        }

        assertComplete(streams, HEALED_WITHIN);
        assertComplete(newMessages.all(), HEALED_WITHIN);
        Histories log = log();
        List<Running> lost = log.startedBy(victim, streams);
        assertThat(log.of(lost)).allMatch(stream -> stream.attempts().size() == 2);
        Latencies recovery = log.goOnAfter(killed, lost);
        Set<Integer> orphans =
                lost.stream().map(each -> log.of(each).partition()).collect(Collectors.toCollection(HashSet::new));
        printFigures(
                "killed %s: %d of %d streams, partitions %s; recovery %s, of this until the takeover was in the log %s; send to"
                        + " start, first %s, of these in its partitions %s, later %s, of these in its partitions %s",
                victim.name(),
                lost.size(),
                streams.size(),
                orphans,
                recovery,
                takeovers(lost, log, killedMs),
                newMessages.startTimes(first),
                newMessages.startTimes(in(orphans, first, log)),
                newMessages.startTimes(later),
                newMessages.startTimes(in(orphans, later, log)));
        assertThat(lost).isNotEmpty().hasSizeLessThan(streams.size());
        assertThat(streams.stream().filter(log::wasTakenOver))
                .as("only the dead worker's streams are taken over")
                .containsExactlyInAnyOrderElementsOf(lost);
        assertThat(recovery.median()).isLessThanOrEqualTo(GOES_ON_WITHIN_MEDIAN);
        assertThat(recovery.max()).isLessThanOrEqualTo(GOES_ON_WITHIN);
        assertThat(newMessages.startTimes(newMessages.all()).max()).isLessThanOrEqualTo(GOES_ON_WITHIN);
    }

    private static Latencies takeovers(List<Running> lost, Histories log, long killedMs) {
        return Latencies.ofNanos(lost.stream()
                .mapToLong(each -> log.of(each).attempts().getLast().atMs() - killedMs)
                .map(TimeUnit.MILLISECONDS::toNanos));
    }

    private static List<Running> in(Set<Integer> partitions, List<Running> some, Histories log) {
        return some.stream()
                .filter(each -> partitions.contains(log.of(each).partition()))
                .toList();
    }
}
