package dev.parley.engine.kafka;

import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives events to the coordinator, and tells it which leaders do not answer. Brokers answer its consumer's fetches within milliseconds even without
 * events.
 */
final class EventListener implements LogReader.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(EventListener.class);
    private static final int CHECKS_A_TIMEOUT = 10;
    private static final String NODE = "node-";

    private final Consumer<String, byte[]> consumer;
    private final CoordinatorInbox coordinator;
    private final BrokerLiveness liveness;
    private final long checkEveryNanos;
    private final LongSupplier nanos;
    private long checkedAt;
    private Set<Integer> unreachable = Set.of();

    /** @param timeout a leader that does not answer for this time counts as unreachable */
    EventListener(
            Consumer<String, byte[]> consumer, CoordinatorInbox coordinator, Duration timeout, LongSupplier nanos) {
        this.consumer = consumer;
        this.coordinator = coordinator;
        this.liveness = new BrokerLiveness(timeout);
        this.checkEveryNanos = timeout.dividedBy(CHECKS_A_TIMEOUT).toNanos();
        this.nanos = nanos;
        this.checkedAt = nanos.getAsLong();
    }

    @Override
    public void read(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        if (!records.isEmpty()) {
            coordinator.read(records, (it, record, now) -> it.event(RecordDecoder.event(record), now));
        }
        long now = nanos.getAsLong();
        if (now - checkedAt > checkEveryNanos) {
            checkedAt = now;
            checkLeaders(now);
        }
    }

    private void checkLeaders(long now) {
        Set<Integer> before = unreachable;
        unreachable = liveness.unreachable(leaders(), answers(), now);
        if (!unreachable.equals(before)) {
            Set<Integer> partitions = unreachable;
            coordinator.execute(it -> it.leadersUnreachable(partitions));
            if (unreachable.isEmpty()) {
                LOG.info("The leaders of all partitions answer again: takeovers resume");
            } else {
                LOG.warn(
                        "The leaders of partitions {} do not answer: takeovers are suspended there until they do",
                        unreachable);
            }
        }
    }

    /** As the consumer knows them; sends no request. */
    private Map<Integer, Integer> leaders() {
        Map<Integer, Integer> leaders = new HashMap<>();
        Set<TopicPartition> read = consumer.assignment();
        for (PartitionInfo each : consumer.partitionsFor(Topics.EVENTS)) {
            if (read.contains(new TopicPartition(each.topic(), each.partition()))) {
                leaders.put(
                        each.partition(),
                        each.leader() == null
                                ? Node.noNode().id()
                                : each.leader().id());
            }
        }
        return leaders;
    }

    private Map<Integer, Long> answers() {
        Map<Integer, Long> answers = new HashMap<>();
        for (Map.Entry<MetricName, ? extends Metric> each : consumer.metrics().entrySet()) {
            String node = each.getKey().tags().getOrDefault("node-id", "");
            if (each.getKey().name().equals("response-total")
                    && node.matches(NODE + "\\d+")
                    && each.getValue().metricValue() instanceof Number total) {
                answers.put(Integer.valueOf(node.substring(NODE.length())), total.longValue());
            }
        }
        return answers;
    }

    @Override
    public void caughtUp(int partition) {
        coordinator.execute(it -> it.eventsCaughtUp(partition));
    }
}
