package dev.parley.projection;

import dev.parley.projection.reader.Projection;
import dev.parley.projection.reader.ProjectionKafka;
import dev.parley.projection.reader.ProjectionMetrics;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.KafkaConnection;
import dev.parley.service.startup.Address;
import dev.parley.service.startup.RequiredThreads;
import dev.parley.service.startup.SettingsCheck;
import dev.parley.service.startup.TopicProperties;
import dev.parley.store.StoreAddress;
import dev.parley.store.StoreConnection;
import dev.parley.store.write.MongoTurnStore;
import dev.parley.store.write.TurnStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** The projection as beans. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ProjectionSettings.class, TopicProperties.class, KafkaProperties.class})
@Import({SettingsCheck.class, RequiredThreads.class})
public class ProjectionConfiguration {

    /** Longest wait for the store to answer. */
    private static final Duration STORE_READ_TIMEOUT = Duration.ofSeconds(10);

    /** A separate type, because other services of the same process have connections too. */
    record ProjectionStore(StoreConnection connection, TurnStore turns) implements AutoCloseable {
        @Override
        public void close() {
            connection.close();
        }
    }

    @Bean
    ProjectionStore projectionStore(Environment environment, ProjectionSettings settings, MeterRegistry registry) {
        StoreConnection connection = StoreConnection.open(
                Address.ofStore(environment.getProperty("mongodb.uri", StoreAddress.DEFAULT_URI), StoreAddress::parse),
                "parley-projection",
                new StoreConnection.Timeouts(settings.storeTimeout(), STORE_READ_TIMEOUT),
                registry);
        return new ProjectionStore(connection, new MongoTurnStore(connection.collections()));
    }

    @Bean
    ProjectionMetrics projectionMetrics(MeterRegistry registry) {
        return new ProjectionMetrics(registry, InstantSource.system());
    }

    @Bean
    ProjectionKafka projectionKafka(
            KafkaProperties kafka, ProjectionSettings settings, TopicProperties topics, MeterRegistry registry) {
        return new ProjectionKafka(
                settings,
                new TopicSettings(topics.partitions(), topics.replicas()),
                KafkaClients.measured(KafkaConnection.of(kafka), registry));
    }

    @Bean
    Projection projection(
            ProjectionKafka kafka,
            ProjectionStore store,
            ProjectionSettings settings,
            ProjectionMetrics metrics,
            RequiredThreads requiredThreads) {
        return new Projection(kafka, store.turns(), settings, metrics).neededBy(requiredThreads);
    }

    /** Out of service while Kafka or the store cannot be reached. Restarting the process would not help, so this is not part of liveness. */
    @Bean
    HealthIndicator projectionHealthIndicator(Projection projection) {
        return () -> {
            Optional<String> reason = projection.unready();
            Health.Builder health = reason.isEmpty() ? Health.up() : Health.outOfService();
            reason.ifPresent(why -> health.withDetail("reason", why));
            return health.withDetail("status", projection.status().name().toLowerCase(Locale.ROOT))
                    .build();
        };
    }
}
