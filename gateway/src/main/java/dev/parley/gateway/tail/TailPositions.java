package dev.parley.gateway.tail;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** Where the tail reads in each partition, and how far the log reached when it began. Kept over connections. Not thread-safe. */
final class TailPositions {

    private final long warmUpMs;
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<TopicPartition, Long> unread = new HashMap<>();

    /** @param warmUpMs how much of the log is read before its end at the start */
    TailPositions(long warmUpMs) {
        this.warmUpMs = warmUpMs;
    }

    boolean isKnown() {
        return !next.isEmpty();
    }

    /** Finds where to begin, once: {@code warmUpMs} ago, or at the end where nothing is as young. */
    void find(Consumer<String, byte[]> consumer, List<TopicPartition> all) {
        ends.putAll(consumer.endOffsets(all));
        long from = now(consumer) - warmUpMs;
        Map<TopicPartition, OffsetAndTimestamp> starts =
                consumer.offsetsForTimes(all.stream().collect(Collectors.toMap(each -> each, _ -> from)));
        for (TopicPartition each : all) {
            OffsetAndTimestamp start = starts.get(each);
            long end = ends.getOrDefault(each, 0L);
            long first = start == null ? end : Math.min(start.offset(), end);
            next.put(each, first);
            if (first < end) {
                unread.put(each, end);
            }
        }
    }

    /** The time of this node's clock, or that of the newest record if this clock is ahead of the brokers'. */
    private long now(Consumer<String, byte[]> consumer) {
        long own = System.currentTimeMillis();
        return Math.min(own, NewestRecordTime.timeMs(consumer, ends).orElse(own));
    }

    void seek(Consumer<String, byte[]> consumer) {
        next.forEach(consumer::seek);
    }

    void onRead(ConsumerRecord<String, byte[]> record) {
        next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
    }

    /** Whether all is read that was in the log when the tail began. */
    boolean hasReadToEnds(Consumer<String, byte[]> consumer) {
        unread.entrySet().removeIf(each -> consumer.position(each.getKey()) >= each.getValue());
        return unread.isEmpty();
    }

    /** The next offset of each partition of a topic. */
    Map<Integer, Long> next(String topic) {
        return ofTopic(topic, next);
    }

    /** The end that each partition of a topic had when the tail began. */
    Map<Integer, Long> ends(String topic) {
        return ofTopic(topic, ends);
    }

    private static Map<Integer, Long> ofTopic(String topic, Map<TopicPartition, Long> offsets) {
        return offsets.entrySet().stream()
                .filter(each -> each.getKey().topic().equals(topic))
                .collect(Collectors.toMap(each -> each.getKey().partition(), Map.Entry::getValue));
    }
}
