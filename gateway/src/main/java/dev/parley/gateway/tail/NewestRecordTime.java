package dev.parley.gateway.tail;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The time of the newest record of some partitions: the brokers' clock shows at least that. */
final class NewestRecordTime {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long BOUND_NANOS = Duration.ofSeconds(1).toNanos();

    private NewestRecordTime() {}

    /**
     * Reads the last record of each partition, for at most a second. Changes the consumer's positions.
     *
     * @param ends the end of each partition that is assigned to the consumer
     * @return empty if there is no record
     */
    static OptionalLong timeMs(Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(ends.keySet());
        Set<TopicPartition> waiting = new HashSet<>();
        ends.forEach((partition, end) -> {
            boolean hasAny = begins.getOrDefault(partition, 0L) < end;
            consumer.seek(partition, hasAny ? end - 1 : end);
            if (hasAny) {
                waiting.add(partition);
            }
        });
        long deadline = System.nanoTime() + BOUND_NANOS;
        OptionalLong newest = OptionalLong.empty();
        while (!waiting.isEmpty() && System.nanoTime() - deadline < 0) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                newest = OptionalLong.of(Math.max(record.timestamp(), newest.orElse(0)));
                waiting.remove(new TopicPartition(record.topic(), record.partition()));
            }
        }
        return newest;
    }
}
