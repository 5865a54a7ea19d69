package dev.parley.embedded.testing;

import dev.parley.embedded.EmbeddedKafka;
import java.util.Locale;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.mongodb.MongoDBContainer;

/** Apache Kafka of the same version and MongoDB, in containers. */
final class ContainerBackends {

    private static final String MONGODB_IMAGE = "mongo:8";
    private static final String OTHERWISE =
            " Without -Pcontainers the tests use the embedded backends, which need no Docker.";

    private ContainerBackends() {}

    /** @throws IllegalStateException with the remedy if there is no Docker, no image, or a container does not start */
    static RunningBackends start() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException(
                    "No Docker answers, and tests with containers (-Pcontainers) need one: start it, or set DOCKER_HOST."
                            + OTHERWISE);
        }
        String kafkaImage = "apache/kafka:" + EmbeddedKafka.version();
        var kafka = new KafkaContainer(kafkaImage);
        EmbeddedKafka.settingsSeenByClients().forEach((name, value) -> kafka.addEnv(environmentName(name), value));
        var mongo = new MongoDBContainer(MONGODB_IMAGE);
        try {
            Startables.deepStart(kafka, mongo).join();
        } catch (RuntimeException e) {
            kafka.stop();
            mongo.stop();
            throw new IllegalStateException(
                    "A container of " + kafkaImage + " or " + MONGODB_IMAGE + " cannot be started (" + innermost(e)
                            + "): check with docker pull that both images can be had here." + OTHERWISE,
                    e);
        }
        var backends = new Backends(kafka.getBootstrapServers(), mongo.getConnectionString(), Backends.Kind.CONTAINERS);
        return new RunningBackends(backends, "containers " + kafkaImage + " and " + MONGODB_IMAGE, () -> {
            kafka.stop();
            mongo.stop();
        });
    }

    private static String innermost(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null || cause == failure
                ? String.valueOf(failure.getMessage()).strip()
                : innermost(cause);
    }

    /** The image turns {@code KAFKA_MESSAGE_MAX_BYTES} into {@code message.max.bytes}. */
    private static String environmentName(String setting) {
        return "KAFKA_" + setting.toUpperCase(Locale.ROOT).replace('.', '_');
    }
}
