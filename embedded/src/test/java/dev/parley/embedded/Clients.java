package dev.parley.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Plain Kafka clients for tests. Every wait has a bound. */
record Clients(String bootstrapServers) {

    private static final Duration BOUND = Duration.ofSeconds(30);

    void createTopic(String name, Map<String, String> configs) throws Exception {
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))) {
            var topic = new NewTopic(name, Optional.of(1), Optional.empty()).configs(configs);
            admin.createTopics(List.of(topic)).all().get(BOUND.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** Returns when the broker has acknowledged all of them. */
    void send(String topic, List<String> values) throws Exception {
        try (var producer = producer()) {
            var acks = values.stream()
                    .map(value -> producer.send(new ProducerRecord<>(topic, "key", value)))
                    .toList();
            for (var ack : acks) {
                ack.get(BOUND.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    KafkaProducer<String, String> producer() {
        var config = Map.<String, Object>of(
                "bootstrap.servers", bootstrapServers, "acks", "all", "max.request.size", 4 * 1024 * 1024);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    /** Reads as a member of the group until {@code count} records came, and commits them. */
    List<String> readAndCommit(String topic, String group, String protocol, int count) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", bootstrapServers,
                        "group.id", group,
                        "group.protocol", protocol,
                        "auto.offset.reset", "earliest",
                        "fetch.max.wait.ms", 20,
                        "enable.auto.commit", false,
                        "max.poll.records", count),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            var values = new ArrayList<String>();
            long end = System.nanoTime() + BOUND.toNanos();
            while (values.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            consumer.commitSync(BOUND);
            return values;
        }
    }

    long committed(String topic, String group) throws InterruptedException, ExecutionException {
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))) {
            return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                    .filter(entry -> entry.getKey().topic().equals(topic))
                    .mapToLong(entry -> entry.getValue().offset())
                    .sum();
        }
    }
}
