package dev.parley.service.kafka.client;

import java.util.Map;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/**
 * The configured settings of Kafka clients: addresses, security, and others that an operator sets. The settings of a client's kind override
 * them.
 *
 * @param admins for admin clients
 * @param producers for producers
 * @param consumers for consumers
 */
public record KafkaConnection(
        Map<String, Object> admins, Map<String, Object> producers, Map<String, Object> consumers) {

    public KafkaConnection {
        admins = Map.copyOf(admins);
        producers = Map.copyOf(producers);
        consumers = Map.copyOf(consumers);
    }

    /** The settings in {@code spring.kafka}, including those for producers, consumers or admin clients only. */
    public static KafkaConnection of(KafkaProperties kafka) {
        return new KafkaConnection(
                kafka.buildAdminProperties(), kafka.buildProducerProperties(), kafka.buildConsumerProperties());
    }

    /** The same settings for all clients. */
    public static KafkaConnection same(Map<String, Object> settings) {
        return new KafkaConnection(settings, settings, settings);
    }

    /** Without the settings: passwords are among them. */
    @Override
    public String toString() {
        return "KafkaConnection";
    }
}
