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
 * A topic, whole, as a consumer of nobody's group read it.
 *
 * @param records in the order of their partitions and, within one, of their offsets
 */
public record Topic(String name, int partitions, List<ConsumerRecord<String, byte[]>> records) {

    private static final Duration BOUND = Duration.ofSeconds(30);

    /** Reads up to what was the end when the reading began. */
    public static Topic read(String bootstrapServers, String name) {
        var settings = Map.<String, Object>of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(name, BOUND).stream()
                    .map(info -> new TopicPartition(name, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
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
}
