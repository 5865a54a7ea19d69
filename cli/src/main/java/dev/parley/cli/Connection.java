package dev.parley.cli;

import dev.parley.schema.kafka.StreamLookup;
import dev.parley.service.kafka.client.AdminKind;
import dev.parley.service.kafka.client.ConsumerKind;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.KafkaConnection;
import dev.parley.store.StoreAddress;
import dev.parley.store.StoreConnection;
import dev.parley.store.read.StoredHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.core.env.StandardEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The addresses of Kafka and the store, and connections to them. An option wins over the ports in the data folder of a standalone Parley that is
 * given, these over {@code SPRING_KAFKA_…} and {@code MONGODB_URI}, and these over the data folder {@code data} in the working directory.
 */
final class Connection {

    static final String BOOTSTRAP_SERVERS = "--bootstrap-servers";
    static final String MONGO_URI = "--mongo-uri";

    private static final Part KAFKA =
            new Part("kafka", "spring.kafka.bootstrap-servers", "SPRING_KAFKA_BOOTSTRAP_SERVERS");
    private static final Part STORE = new Part("store", "mongodb.uri", "MONGODB_URI");
    private static final Duration LOOKUP_BOUND = Duration.ofSeconds(30);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    /** Of reads that ask for single streams and conversations. */
    private static final StoreConnection.Timeouts SHORT =
            new StoreConnection.Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(4));

    /** Of reads that scan collections. */
    private static final StoreConnection.Timeouts LONG =
            new StoreConnection.Timeouts(Duration.ofSeconds(5), Duration.ZERO);

    /**
     * Kafka or the store.
     *
     * @param folder its name in the data folder
     */
    private record Part(String folder, String setting, String variable) {}

    @Option(names = BOOTSTRAP_SERVERS, paramLabel = "HOST:PORT", description = "Kafka's brokers")
    private @Nullable String bootstrapServers;

    @Option(names = MONGO_URI, paramLabel = "URI", description = "the store, with the name of the database")
    private @Nullable String mongoUri;

    @Option(
            names = "--data-dir",
            paramLabel = "FOLDER",
            description = "data folder of a running standalone Parley; ./data if there is one")
    private @Nullable Path dataDir;

    @Option(names = "--json", description = "output in JSON, one document per line")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    private final StandardEnvironment environment = new StandardEnvironment();

    Connection() {
        ConfigurationPropertySources.attach(environment);
    }

    boolean isJson() {
        return json;
    }

    /** Without a group; nothing is committed. */
    Consumer<String, byte[]> consumer() {
        return clients().consumer(new ConsumerKind.LogReader("parley-cli", REQUEST_TIMEOUT));
    }

    Admin admin() {
        return clients().admin(new AdminKind.Bounded(REQUEST_TIMEOUT));
    }

    private KafkaClients clients() {
        return KafkaClients.unmeasured(KafkaConnection.of(kafka()));
    }

    StreamLookup lookup() {
        return new StreamLookup(this::consumer, LOOKUP_BOUND);
    }

    StoredHistory history() {
        return new StoredHistory(open(SHORT));
    }

    /** For reads that may take long. */
    StoreConnection store() {
        return open(LONG);
    }

    private StoreConnection open(StoreConnection.Timeouts timeouts) {
        return StoreConnection.open(storeAddress(), "parley-cli", timeouts, null);
    }

    /** The address of Kafka. */
    Origin kafkaOrigin() {
        return new Origin(
                String.join(",", kafka().getBootstrapServers()), sourceOf(bootstrapServers, BOOTSTRAP_SERVERS, KAFKA));
    }

    /** The address of the store. */
    Origin storeOrigin() {
        return new Origin(String.join(",", storeAddress().hosts()), sourceOf(mongoUri, MONGO_URI, STORE));
    }

    private KafkaProperties kafka() {
        KafkaProperties kafka = Binder.get(environment)
                .bind("spring.kafka", KafkaProperties.class)
                .orElseGet(KafkaProperties::new);
        String given = bootstrapServers;
        if (given != null) {
            kafka.setBootstrapServers(List.of(given.split(",")));
        } else {
            keptPort(KAFKA).ifPresent(port -> kafka.setBootstrapServers(List.of("127.0.0.1:" + port)));
        }
        return kafka;
    }

    private StoreAddress storeAddress() {
        String given = mongoUri;
        if (given != null) {
            return storeAddress(given);
        }
        return storeAddress(keptPort(STORE)
                .map(port -> "mongodb://127.0.0.1:" + port + "/" + StoreAddress.DEFAULT_DATABASE)
                .orElseGet(() -> environment.getProperty(STORE.setting(), StoreAddress.DEFAULT_URI)));
    }

    private StoreAddress storeAddress(String uri) {
        try {
            return StoreAddress.parse(uri);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Not an address of a store: " + e.getMessage());
        }
    }

    private String sourceOf(@Nullable String given, String option, Part part) {
        if (given != null) {
            return option;
        }
        if (keptPort(part).isPresent()) {
            return "data folder " + DataFolder.of(dataDir).path();
        }
        return environment.containsProperty(part.setting()) ? part.variable() : "the default";
    }

    /** The port that a standalone Parley keeps in its data folder. The folder in the working directory counts only if nothing else is set. */
    private Optional<String> keptPort(Part part) {
        DataFolder folder = DataFolder.of(dataDir);
        if (!folder.given() && environment.containsProperty(part.setting())) {
            return Optional.empty();
        }
        return folder.text(spec, part.folder(), "port");
    }
}
