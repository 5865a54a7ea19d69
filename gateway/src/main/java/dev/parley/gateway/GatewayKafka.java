package dev.parley.gateway;

import dev.parley.gateway.settings.GatewaySettings;
import dev.parley.gateway.settings.PublishSettings;
import dev.parley.gateway.settings.TailSettings;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.schema.kafka.TopicSetup;
import dev.parley.service.kafka.metered.MeteredClients;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/** Makes the gateway's Kafka clients: brokers and security from {@code spring.kafka}, the rest as the promises need it. */
final class GatewayKafka {

    static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(10);
    private static final int FETCH_WAIT_MS = 500;
    private static final int FETCH_BYTES = 8 * 1024 * 1024;

    private final KafkaProperties kafka;
    private final TopicSettings topics;
    private final PublishSettings publish;
    private final TailSettings tail;
    private final MeteredClients clients;

    GatewayKafka(KafkaProperties kafka, TopicSettings topics, GatewaySettings settings, MeteredClients clients) {
        this.kafka = kafka;
        this.topics = topics;
        this.publish = settings.publish();
        this.tail = settings.tail();
        this.clients = clients;
    }

    /** Makes the topics that are missing. @return how many partitions commands and events have */
    int ensureTopics() throws InterruptedException, TimeoutException {
        try (Admin admin = admin()) {
            return TopicSetup.ensure(admin, topics, ADMIN_TIMEOUT);
        }
    }

    /** One whose calls end within {@link #ADMIN_TIMEOUT}. */
    Admin admin() {
        Map<String, Object> settings = kafka.buildAdminProperties();
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ADMIN_TIMEOUT.toMillis());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ADMIN_TIMEOUT.toMillis());
        return Admin.create(settings);
    }

    /** One that answers within the bounds of {@link PublishSettings}. */
    Producer<String, byte[]> producer() {
        Map<String, Object> settings = kafka.buildProducerProperties();
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "parley-gateway-commands");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(
                ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) publish.maxBlock().toMillis());
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int)
                publish.deliveryTimeout().toMillis());
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int)
                publish.deliveryTimeout().toMillis());
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, TopicSetup.MAX_MESSAGE_BYTES);
        return clients.producer(settings);
    }

    /** One that hands over every record as soon as it is there; one at a time. */
    Consumer<String, byte[]> tail() {
        return clients.consumer(consuming("tail"), new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** As {@link #tail}, for a look at the log that somebody asked for; any number at a time. */
    Consumer<String, byte[]> lookup() {
        return new KafkaConsumer<>(consuming("lookup"), new StringDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> consuming(String what) {
        Map<String, Object> settings = kafka.buildConsumerProperties();
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "parley-gateway-" + what);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ADMIN_TIMEOUT.toMillis());
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ADMIN_TIMEOUT.toMillis());
        settings.put(
                ConsumerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
                tail.unanswered().toMillis());
        settings.merge(
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                Math.min(FETCH_WAIT_MS, (int) tail.fetchWait().toMillis()),
                GatewayKafka::lower);
        return settings;
    }

    /** An answer that is due later would look like none. */
    private static Object lower(Object configured, Object most) {
        return Math.min(Integer.parseInt(configured.toString()), (int) most);
    }
}
