package dev.parley.projection.reader;

import dev.parley.projection.ProjectionSettings;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.KafkaConnection;
import dev.parley.store.write.TurnStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/** A running projection without Spring. */
final class Service implements AutoCloseable {

    static final int PARTITIONS = 4;

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Projection projection;

    private Service(String bootstrapServers, ProjectionSettings settings, TurnStore store) {
        KafkaProperties kafka = new KafkaProperties();
        kafka.setBootstrapServers(List.of(bootstrapServers));
        projection = new Projection(
                new ProjectionKafka(
                        settings,
                        new TopicSettings(PARTITIONS, (short) 1),
                        KafkaClients.measured(KafkaConnection.of(kafka), meters)),
                store,
                settings,
                new ProjectionMetrics(meters, InstantSource.system()));
    }

    static Service start(String bootstrapServers, String group, TurnStore store) {
        return start(bootstrapServers, group, "consumer", store);
    }

    static Service start(String bootstrapServers, String group, String protocol, TurnStore store) {
        ProjectionSettings settings = new ProjectionSettings(
                group,
                protocol,
                Duration.ofSeconds(6),
                Duration.ofMillis(20),
                0,
                Duration.ofHours(1),
                1_000_000,
                Duration.ofMillis(50),
                50,
                Duration.ofMillis(20),
                Duration.ofMillis(500),
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                Duration.ofSeconds(4));
        Service service = new Service(bootstrapServers, settings, store);
        service.projection.start();
        return service;
    }

    double count(String meter) {
        return meters.counter(meter).count();
    }

    @Override
    public void close() {
        projection.stop();
    }
}
