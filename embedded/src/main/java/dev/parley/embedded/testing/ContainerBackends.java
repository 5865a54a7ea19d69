package dev.parley.embedded.testing;

import dev.parley.embedded.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.mongodb.MongoDBContainer;

/** Apache Kafka of the same version and MongoDB, in containers. */
final class ContainerBackends {

    private static final String MONGODB_IMAGE = "mongo:8.0";

    private ContainerBackends() {}

    /** Testcontainers is only asked where a Docker could be, because it says much where there is none. */
    static boolean dockerAnswers() {
        return dockerCouldBeHere() && DockerClientFactory.instance().isDockerAvailable();
    }

    static RunningBackends start() {
        String kafkaImage = "apache/kafka:" + EmbeddedKafka.version();
        var kafka = new KafkaContainer(kafkaImage);
        EmbeddedKafka.settingsSeenByClients().forEach((name, value) -> kafka.addEnv(environmentName(name), value));
        var mongo = new MongoDBContainer(MONGODB_IMAGE);
        Startables.deepStart(kafka, mongo).join();
        var backends = new Backends(kafka.getBootstrapServers(), mongo.getConnectionString(), Backends.Kind.CONTAINERS);
        return new RunningBackends(backends, "containers " + kafkaImage + " and " + MONGODB_IMAGE, () -> {
            kafka.stop();
            mongo.stop();
        });
    }

    /** The image turns {@code KAFKA_MESSAGE_MAX_BYTES} into {@code message.max.bytes}. */
    private static String environmentName(String setting) {
        return "KAFKA_" + setting.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    private static boolean dockerCouldBeHere() {
        if (System.getenv("DOCKER_HOST") != null
                || System.getProperty("os.name").startsWith("Windows")) {
            return true;
        }
        Path home = Path.of(System.getProperty("user.home"));
        var runtime = Optional.ofNullable(System.getenv("XDG_RUNTIME_DIR")).map(Path::of);
        return Stream.concat(
                        runtime.map(dir -> dir.resolve("docker.sock")).stream(),
                        Stream.of(
                                Path.of("/var/run/docker.sock"),
                                home.resolve(".docker/run/docker.sock"),
                                home.resolve(".docker/desktop/docker.sock"),
                                home.resolve(".testcontainers.properties")))
                .anyMatch(Files::exists);
    }
}
