package dev.parley.projection;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.parley.projection.reader.Projection;
import dev.parley.projection.reader.ProjectionKafka;
import dev.parley.projection.reader.ProjectionMetrics;
import dev.parley.projection.store.MongoTurnStore;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.KafkaConnection;
import dev.parley.service.startup.Address;
import dev.parley.service.startup.RequiredThreads;
import dev.parley.service.startup.SettingsCheck;
import dev.parley.service.startup.TopicProperties;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.mongodb.MongoMetricsCommandListener;
import io.micrometer.core.instrument.binder.mongodb.MongoMetricsConnectionPoolListener;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** The projection, put together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ProjectionSettings.class, TopicProperties.class, KafkaProperties.class})
@Import({SettingsCheck.class, RequiredThreads.class})
public class ProjectionConfiguration {

    private static final String DEFAULT_MONGODB_URI = "mongodb://localhost:27017/parley";
    private static final String DEFAULT_DATABASE = "parley";

    /** Longest that one request to the store may take. */
    private static final int REQUEST_TIMEOUT_S = 10;

    /** The client and what it is for, closed together; no bean of a driver's type is left for others to find. */
    record ProjectionStore(MongoClient client, MongoTurnStore turns) implements AutoCloseable {
        @Override
        public void close() {
            client.close();
        }
    }

    @Bean
    ProjectionStore projectionStore(Environment environment, ProjectionSettings settings, MeterRegistry registry) {
        ConnectionString uri =
                Address.ofStore(environment.getProperty("mongodb.uri", DEFAULT_MONGODB_URI), ConnectionString::new);
        MongoClient client = MongoClients.create(MongoClientSettings.builder()
                .applicationName("parley-projection")
                .applyConnectionString(uri)
                .addCommandListener(new MongoMetricsCommandListener(registry))
                .applyToConnectionPoolSettings(
                        pool -> pool.addConnectionPoolListener(new MongoMetricsConnectionPoolListener(registry)))
                .applyToClusterSettings(cluster ->
                        cluster.serverSelectionTimeout(settings.storeTimeout().toMillis(), TimeUnit.MILLISECONDS))
                .applyToSocketSettings(socket -> socket.connectTimeout(
                                (int) settings.storeTimeout().toMillis(), TimeUnit.MILLISECONDS)
                        .readTimeout(REQUEST_TIMEOUT_S, TimeUnit.SECONDS))
                .build());
        String database = Objects.requireNonNullElse(uri.getDatabase(), DEFAULT_DATABASE);
        return new ProjectionStore(client, new MongoTurnStore(client.getDatabase(database)));
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

    /** Out of service while Kafka or the store cannot be reached. What is streamed does not suffer from it, so it is no part of liveness. */
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
