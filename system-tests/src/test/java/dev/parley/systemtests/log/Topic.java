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
 * A topic from some point on, as a consumer of nobody's group read it.
 *
 * @param records in the order of their partitions and, within one, of their offsets
 */
public record Topic(String name, int partitions, List<ConsumerRecord<String, byte[]>> records) {

    private static final Duration BOUND = Duration.ofSeconds(30);

    /** A point of a topic: its end at some time. */
    public record Point(Map<TopicPartition, Long> offsets) {}

    /** Where the topic ends now. */
    public static Point end(String bootstrapServers, String name) {
        try (KafkaConsumer<String, byte[]> consumer = consumer(bootstrapServers)) {
            return new Point(consumer.endOffsets(partitions(consumer, name), BOUND));
        }
    }

    /** Reads from a point up to what was the end when the reading began. */
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
        // A consumer that is closed waits for its fetch that is under way.
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
