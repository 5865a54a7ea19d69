package dev.parley.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads all partitions of a topic from a time to their present ends. */
final class TopicReads {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration SILENCE_TIMEOUT = Duration.ofSeconds(30);

    private TopicReads() {}

    static List<TopicPartition> partitions(Consumer<String, byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /**
     * Gives every record since a time to the reader.
     *
     * @return the time from which on the topic is complete, if Kafka has deleted records since the given time; otherwise null
     * @throws TimeoutException if Kafka gives nothing for 30 s
     */
    static @Nullable Instant read(
            Consumer<String, byte[]> consumer,
            String topic,
            Instant since,
            java.util.function.Consumer<ConsumerRecord<String, byte[]>> reader)
            throws TimeoutException {
        List<TopicPartition> partitions = partitions(consumer, topic);
        consumer.assign(partitions);
        Map<TopicPartition, Long> firsts = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(each -> times.put(each, Math.max(0, since.toEpochMilli())));
        Map<TopicPartition, OffsetAndTimestamp> begins = consumer.offsetsForTimes(times);
        Instant wholeSince = null;
        for (TopicPartition each : partitions) {
            OffsetAndTimestamp begin = begins.get(each);
            long offset = begin == null ? ends.getOrDefault(each, 0L) : begin.offset();
            consumer.seek(each, offset);
            if (offset > 0 && offset == firsts.getOrDefault(each, 0L)) {
                Instant from = begin == null ? Instant.now() : Instant.ofEpochMilli(begin.timestamp());
                wholeSince = wholeSince == null || from.isAfter(wholeSince) ? from : wholeSince;
            }
        }
        long last = System.nanoTime();
        while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                last = System.nanoTime();
                if (record.offset() < ends.getOrDefault(new TopicPartition(topic, record.partition()), 0L)) {
                    reader.accept(record);
                }
            }
            if (System.nanoTime() - last > SILENCE_TIMEOUT.toNanos()) {
                throw new TimeoutException(
                        "Kafka gave nothing of " + topic + " for " + SILENCE_TIMEOUT.toSeconds() + " s");
            }
        }
        return wholeSince;
    }
}
