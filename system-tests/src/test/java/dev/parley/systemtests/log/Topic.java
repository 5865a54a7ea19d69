package dev.parley.systemtests.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * The records of a topic from some point on, read by a consumer without a group.
 *
 * @param records in the order of their partitions and, within one, of their offsets
 */
public record Topic(String name, int partitions, List<ConsumerRecord<String, byte[]>> records) {

    private static final Duration BOUND = Duration.ofSeconds(30);

    /** A position in a topic: its end offsets at some time. */
    public record Point(Map<TopicPartition, Long> offsets) {}

    /** The current end of the topic. */
    public static Point end(String bootstrapServers, String name) {
        try (KafkaConsumer<String, byte[]> consumer = consumer(bootstrapServers)) {
            return new Point(consumer.endOffsets(partitions(consumer, name), BOUND));
        }
    }

    /** Reads from a position to the end that the topic had when the read began. */
    public static Topic read(String bootstrapServers, String name, Point start) {
        try (KafkaConsumer<String, byte[]> consumer = consumer(bootstrapServers)) {
            List<TopicPartition> partitions = partitions(consumer, name);
            consumer.assign(partitions);
            start.offsets().forEach(consumer::seek);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, BOUND);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            long deadline = System.nanoTime() + BOUND.toNanos();
            while (!ends.entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey(), BOUND) >= end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("cannot read " + name + " to its end within " + BOUND);
                }
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            records.sort((a, b) -> a.partition() != b.partition()
                    ? Integer.compare(a.partition(), b.partition())
                    : Long.compare(a.offset(), b.offset()));
            return new Topic(name, partitions.size(), records);
        }
    }

    private static KafkaConsumer<String, byte[]> consumer(String bootstrapServers) {
        // close() waits for a running fetch.
        var settings = Map.<String, Object>of(
                "bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest", "fetch.max.wait.ms", 20);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<String, byte[]> consumer, String name) {
        return consumer.partitionsFor(name, BOUND).stream()
                .map(info -> new TopicPartition(name, info.partition()))
                .toList();
    }
}
