package dev.parley.service.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The settings of the producers of all services, which {@link dev.parley.service.kafka.metered.MeteredClients} makes. Every record is acknowledged by all replicas in sync, written once, and one request is in flight
 * at a time: with more, a producer can lose records in silence on a partition that was just made (KAFKA-15591), and the order of its
 * first batches.
 */
public final class LogProducers {

    private LogProducers() {}

    /** @param settings addresses, security, time-outs; what the promises need wins over them */
    public static Map<String, Object> settings(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        return all;
    }
}
