package dev.parley.gateway;

import dev.parley.gateway.settings.GatewaySettings;
import dev.parley.gateway.settings.PublishSettings;
import dev.parley.gateway.settings.TailSettings;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.schema.kafka.TopicSetup;
import dev.parley.service.kafka.client.AdminKind;
import dev.parley.service.kafka.client.ConsumerKind;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.ProducerKind;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Makes the gateway's Kafka clients. */
final class GatewayKafka {

    static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(10);

    private final TopicSettings topics;
    private final PublishSettings publish;
    private final TailSettings tail;
    private final KafkaClients clients;

    GatewayKafka(TopicSettings topics, GatewaySettings settings, KafkaClients clients) {
        this.topics = topics;
        this.publish = settings.publish();
        this.tail = settings.tail();
        this.clients = clients;
    }

    /** Creates the topics that are missing. @return the number of partitions of commands and events */
    int ensureTopics() throws InterruptedException, TimeoutException {
        try (Admin admin = admin()) {
            return TopicSetup.ensure(admin, topics, ADMIN_TIMEOUT);
        }
    }

    /** An admin client whose calls end within {@link #ADMIN_TIMEOUT}. */
    Admin admin() {
        return clients.admin(new AdminKind.Bounded(ADMIN_TIMEOUT));
    }

    /** A producer whose sends end within the bounds of {@link PublishSettings}. */
    Producer<String, byte[]> producer() {
        return clients.producer(new ProducerKind.Commands(
                "parley-gateway-commands",
                publish.maxBlock(),
                publish.deliveryTimeout(),
                TopicSetup.MAX_MESSAGE_BYTES));
    }

    /** A consumer for the tail, which gets each record as soon as it is written; one at a time. */
    Consumer<String, byte[]> tail() {
        return clients.consumer(kindOf("tail"));
    }

    /** As {@link #tail}, for reading a part of the log; any number at a time. */
    Consumer<String, byte[]> lookup() {
        return clients.briefConsumer(kindOf("lookup"));
    }

    private ConsumerKind kindOf(String name) {
        return new ConsumerKind.RelayTail("parley-gateway-" + name, ADMIN_TIMEOUT, tail.unanswered(), tail.fetchWait());
    }
}
