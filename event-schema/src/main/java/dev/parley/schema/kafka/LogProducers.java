package dev.parley.schema.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Makes the producers of all services. Every record is acknowledged by all replicas in sync, written once, and one request is in flight
 * at a time: with more, a producer can lose records in silence on a partition that was just made (KAFKA-15591), and the order of its
 * first batches.
 */
public final class LogProducers {

    private LogProducers() {}

    /** @param settings addresses, security, time-outs; what the promises need wins over them */
    public static Producer<String, byte[]> of(Map<String, Object> settings) {
        return new KafkaProducer<>(settings(settings), new StringSerializer(), new ByteArraySerializer());
    }

    /** The settings of {@link #of}, for producers that a library makes. */
    public static Map<String, Object> settings(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        return all;
    }
}
