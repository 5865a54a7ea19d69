package dev.parley.projection.reader;

import dev.parley.projection.ProjectionSettings;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.schema.kafka.TopicSetup;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import dev.parley.service.kafka.metered.MeteredClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/** The projection's Kafka clients: where and how to connect comes from {@code spring.kafka}, how they work from here. */
public final class ProjectionKafka {

    private static final int MAX_REQUEST_BYTES = TopicSetup.MAX_MESSAGE_BYTES + 64 * 1024;
    private static final int FETCH_MIN_BYTES = 64 * 1024;
    private static final int FETCH_MAX_BYTES = 4 * 1024 * 1024;
    private static final int PRODUCER_BLOCKS_MS = 2_000;
    private static final int PRODUCER_REQUEST_MS = 4_000;
    private static final int PRODUCER_DELIVERY_MS = 5_000;
    private static final int HEARTBEATS_IN_A_SESSION = 3;
    private static final Duration TOPICS_TIMEOUT = Duration.ofSeconds(5);

    private final KafkaProperties kafka;
    private final ProjectionSettings settings;
    private final TopicSettings topics;
    private final MeteredClients clients;

    public ProjectionKafka(
            KafkaProperties kafka, ProjectionSettings settings, TopicSettings topics, MeteredClients clients) {
        this.kafka = kafka;
        this.settings = settings;
        this.topics = topics;
        this.clients = clients;
    }

    /** @throws RuntimeException or {@link TimeoutException} if Kafka is away */
    void ensureTopics() throws InterruptedException, TimeoutException {
        Admin admin = Admin.create(kafka.buildAdminProperties());
        try {
            TopicSetup.ensure(admin, topics, TOPICS_TIMEOUT);
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    Consumer<String, byte[]> consumer() {
        Map<String, Object> config = new HashMap<>(kafka.buildConsumerProperties());
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "parley-projection-events");
        config.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, settings.groupProtocol());
        if (settings.groupProtocol().equals("classic")) {
            int sessionMs = (int) settings.sessionTimeout().toMillis();
            config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, sessionMs);
            config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, sessionMs / HEARTBEATS_IN_A_SESSION);
            config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        }
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, settings.pollRecords());
        config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, FETCH_MIN_BYTES);
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int)
                settings.fetchWait().toMillis());
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_MAX_BYTES);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, MAX_REQUEST_BYTES);
        return clients.consumer(config, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** Few, and each is waited for. */
    DeadLetterPublisher deadLetters() {
        Map<String, Object> config = new HashMap<>(kafka.buildProducerProperties());
        config.put(ProducerConfig.CLIENT_ID_CONFIG, "parley-projection-dead-letters");
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PRODUCER_BLOCKS_MS);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, PRODUCER_REQUEST_MS);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PRODUCER_DELIVERY_MS);
        return DeadLetterPublisher.of(config, clients, Topics.DLT_SUFFIX);
    }
}
