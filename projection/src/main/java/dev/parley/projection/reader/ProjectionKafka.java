package dev.parley.projection.reader;

import dev.parley.projection.ProjectionSettings;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.schema.kafka.TopicSetup;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.kafka.client.AdminKind;
import dev.parley.service.kafka.client.ConsumerKind;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.ProducerKind;
import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;

/** The projection's Kafka clients. */
public final class ProjectionKafka {

    /** A record at the topic's limit, with the headers that a dead letter has in addition. */
    private static final int MAX_RECORD_BYTES = TopicSetup.MAX_MESSAGE_BYTES + 64 * 1024;

    private static final Duration TOPICS_TIMEOUT = Duration.ofSeconds(5);

    private final ProjectionSettings settings;
    private final TopicSettings topics;
    private final KafkaClients clients;

    public ProjectionKafka(ProjectionSettings settings, TopicSettings topics, KafkaClients clients) {
        this.settings = settings;
        this.topics = topics;
        this.clients = clients;
    }

    /**
     * Creates the topics that are missing.
     *
     * @throws RuntimeException or {@link TimeoutException} if Kafka does not answer
     */
    void ensureTopics() throws InterruptedException, TimeoutException {
        Admin admin = clients.admin(new AdminKind.Configured());
        try {
            TopicSetup.ensure(admin, topics, TOPICS_TIMEOUT);
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    Consumer<String, byte[]> consumer() {
        return clients.consumer(new ConsumerKind.GroupReader(
                "parley-projection-events",
                settings.group(),
                settings.groupProtocol(),
                settings.sessionTimeout(),
                settings.pollRecords(),
                settings.fetchWait(),
                MAX_RECORD_BYTES));
    }

    DeadLetterPublisher deadLetters() {
        return DeadLetterPublisher.of(
                clients,
                new ProducerKind.DeadLetters("parley-projection-dead-letters", MAX_RECORD_BYTES),
                Topics.DLT_SUFFIX);
    }
}
