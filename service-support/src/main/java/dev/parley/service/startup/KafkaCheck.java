package dev.parley.service.startup;

import dev.parley.service.kafka.client.AdminKind;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.KafkaConnection;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * Checks the settings of Kafka clients: addresses, security, logins. It creates a client and closes it. Brokers that do not answer are no
 * problem, because they may start later. Host names that cannot be resolved are tried again for some seconds, because the name of a
 * container exists only once the container has started.
 */
final class KafkaCheck {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaCheck.class);
    private static final String SERVERS = "spring.kafka.bootstrap-servers";
    private static final String SERVERS_SETTING = "SPRING_KAFKA_BOOTSTRAP_SERVERS (" + SERVERS + ")";
    private static final String UNRESOLVED = "No resolvable bootstrap urls";
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int TRIES = 10;

    private final ConfigurableEnvironment environment;

    KafkaCheck(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    void check(Problems problems) {
        if (isDeferred()) {
            return;
        }
        try {
            KafkaProperties kafka = Binder.get(environment).bindOrCreate("spring.kafka", KafkaProperties.class);
            checkWithRetries(kafka).ifPresent(problems::add);
        } catch (BindException e) {
            LOG.debug("spring.kafka cannot be bound; Spring Boot reports the reason", e);
        }
    }

    private boolean isDeferred() {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof DeferredPropertySource && source.containsProperty(SERVERS)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<SettingProblem> checkWithRetries(KafkaProperties kafka) {
        for (int tries = 1; ; tries++) {
            Optional<Throwable> failure = failure(kafka.buildAdminProperties());
            boolean isTemporary = failure.isPresent()
                    && String.valueOf(failure.get().getMessage()).contains(UNRESOLVED);
            if (!isTemporary || tries == TRIES || !pause(tries, kafka)) {
                return failure.map(root -> problem(kafka, root));
            }
        }
    }

    private static boolean pause(int tries, KafkaProperties kafka) {
        if (tries == 1) {
            LOG.warn(
                    "None of the host names in spring.kafka.bootstrap-servers={} can be resolved; trying again for {} s",
                    kafka.getBootstrapServers(),
                    (TRIES - 1) * RETRY.toSeconds());
        }
        try {
            Thread.sleep(RETRY);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Optional<Throwable> failure(Map<String, Object> properties) {
        Admin admin;
        try {
            admin = KafkaClients.unmeasured(KafkaConnection.same(properties)).admin(new AdminKind.Configured());
        } catch (KafkaException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return Optional.of(root);
        }
        admin.close(Duration.ZERO);
        return Optional.empty();
    }

    private static SettingProblem problem(KafkaProperties kafka, Throwable root) {
        String message = String.valueOf(root.getMessage());
        String lower = message.toLowerCase(Locale.ROOT);
        String servers = ShownValue.of(String.join(",", kafka.getBootstrapServers()));
        if (message.contains(UNRESOLVED)) {
            return new SettingProblem(
                    SERVERS_SETTING,
                    "is " + servers + ", and none of these names can be resolved",
                    "It must be host:port of one or more brokers, such as kafka:9092, whose names can be resolved from here;"
                            + " start Kafka first.");
        }
        if (lower.contains("bootstrap")) {
            return new SettingProblem(
                    SERVERS_SETTING,
                    "is " + servers + ", which cannot be parsed",
                    "It must be host:port of one or more brokers, separated by commas, such as kafka-1:9092,kafka-2:9092.");
        }
        if (lower.contains("jaas") || lower.contains("login module") || lower.contains("loginmodule")) {
            return new SettingProblem(
                    "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG (spring.kafka.properties.sasl.jaas.config)",
                    "cannot be parsed (the value is not shown)",
                    "It must look like org.apache.kafka.common.security.scram.ScramLoginModule required"
                            + " username=\"…\" password=\"…\"; with a semicolon at the end.");
        }
        return new SettingProblem(
                "spring.kafka (SPRING_KAFKA_…)",
                "cannot be used: " + root.getClass().getSimpleName() + ": "
                        + message.lines().findFirst().orElse(""),
                "Compare SPRING_KAFKA_SECURITY_PROTOCOL, SPRING_KAFKA_PROPERTIES_SASL_… and SPRING_KAFKA_SSL_… with the settings of"
                        + " the brokers; docs/operations.md has examples.");
    }
}
