package dev.parley.gateway.tail;

import dev.parley.gateway.settings.TailSettings;
import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For how long Kafka has not answered the tail's consumer, from the consumer's own metrics. The tail's thread checks; the results may be read
 * by any thread.
 */
final class TailLiveness {

    private static final Logger LOG = LoggerFactory.getLogger(TailLiveness.class);
    private static final long CHECK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final String NODE = "node-";
    private static final Pattern NODE_ID = Pattern.compile(NODE + "\\d+");

    private final TailSettings settings;
    private final BrokerLiveness liveness;
    private long connectedAtNanos;
    private long checkedAtNanos = System.nanoTime();
    private volatile long silentMs;
    private volatile long stalledMs;

    /** @param longestPoll how long the consumer's poll may wait between two checks */
    TailLiveness(TailSettings settings, Duration longestPoll) {
        this.settings = settings;
        this.liveness = new BrokerLiveness(2 * longestPoll.toNanos(), System.nanoTime());
    }

    void onNewConnection() {
        liveness.onNewConnection();
        connectedAtNanos = System.nanoTime();
    }

    /** To be called after each poll. */
    void check(Consumer<String, byte[]> consumer) {
        long now = System.nanoTime();
        if (now - checkedAtNanos < CHECK_EVERY_NANOS) {
            return;
        }
        checkedAtNanos = now;
        liveness.check(leaders(consumer), answers(consumer), now);
        boolean wasCutOff = isCutOff();
        silentMs = aboveFetchWait(liveness.silentNanos());
        stalledMs = aboveFetchWait(liveness.stalledNanos());
        if (wasCutOff && !isCutOff()) {
            LOG.info("Kafka answers again");
        }
    }

    /** The leaders that the consumer knows of; sends no request. */
    private static Set<Integer> leaders(Consumer<String, byte[]> consumer) {
        Set<Integer> leaders = new HashSet<>();
        try {
            for (PartitionInfo each : consumer.partitionsFor(Topics.EVENTS, Duration.ofMillis(1))) {
                leaders.add(
                        each.leader() == null
                                ? Node.noNode().id()
                                : each.leader().id());
            }
        } catch (TimeoutException e) {
            return Set.of(); // the connection is new
        }
        return leaders;
    }

    private static Map<Integer, Long> answers(Consumer<String, byte[]> consumer) {
        Map<Integer, Long> answers = new HashMap<>();
        for (Map.Entry<MetricName, ? extends Metric> each : consumer.metrics().entrySet()) {
            String node = each.getKey().tags().getOrDefault("node-id", "");
            if (each.getKey().name().equals("response-total")
                    && NODE_ID.matcher(node).matches()
                    && each.getValue().metricValue() instanceof Number total) {
                answers.put(Integer.valueOf(node.substring(NODE.length())), total.longValue());
            }
        }
        return answers;
    }

    private long aboveFetchWait(long nanos) {
        long ms = TimeUnit.NANOSECONDS.toMillis(nanos);
        return ms <= 2L * settings.fetchWait().toMillis() ? 0 : ms;
    }

    /** For how long the leader of some partition has not answered, in ms. An idle topic's leader answers. */
    long stalledMs() {
        return stalledMs;
    }

    /** Whether Kafka does not answer this node. A single silent broker counts only after the time in which others take over its partitions. */
    boolean isCutOff() {
        return silentMs > settings.unanswered().toMillis()
                || stalledMs > settings.leave().toMillis();
    }

    /** Whether a new connection may get an answer sooner: requests over a broken network are repeated at growing intervals. */
    boolean needsNewConnection() {
        long unansweredMs = settings.unanswered().toMillis();
        return stalledMs > unansweredMs
                && TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - connectedAtNanos) > unansweredMs;
    }
}
