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

/** Gives events to the coordinator, and tells it when none could be given. Its consumer's fetches are answered within milliseconds even without events. */
final class EventListener implements LogReader.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(EventListener.class);
    private static final int LOOKS_WITHIN_PATIENCE = 10;
    private static final String NODE = "node-";

    private final Consumer<String, byte[]> consumer;
    private final CoordinatorInbox coordinator;
    private final BrokerLiveness liveness;
    private final long lookEveryNanos;
    private final LongSupplier nanos;
    private long lookedAt;
    private Set<Integer> unreachable = Set.of();

    /** @param patience for so long brokers may not answer before silence means nothing */
    EventListener(
            Consumer<String, byte[]> consumer, CoordinatorInbox coordinator, Duration patience, LongSupplier nanos) {
        this.consumer = consumer;
        this.coordinator = coordinator;
        this.liveness = new BrokerLiveness(patience);
        this.lookEveryNanos = patience.dividedBy(LOOKS_WITHIN_PATIENCE).toNanos();
        this.nanos = nanos;
        this.lookedAt = nanos.getAsLong();
    }

    @Override
    public void read(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        if (!records.isEmpty()) {
            coordinator.read(records, (it, record, now) -> it.event(RecordDecoder.event(record), now));
        }
        long now = nanos.getAsLong();
        if (now - lookedAt > lookEveryNanos) {
            lookedAt = now;
            listen(now);
        }
    }

    private void listen(long now) {
        Set<Integer> before = unreachable;
        unreachable = liveness.unreachable(leaders(), answers(), now);
        if (!unreachable.equals(before)) {
            Set<Integer> partitions = unreachable;
            coordinator.execute(it -> it.leadersUnreachable(partitions));
            if (unreachable.isEmpty()) {
                LOG.info("the leaders of all partitions answer again: takeovers go on");
            } else {
                LOG.warn("no broker answers for partitions {}: takeovers are suspended there", unreachable);
            }
        }
    }

    /** As the consumer knows them; asks nobody. */
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
