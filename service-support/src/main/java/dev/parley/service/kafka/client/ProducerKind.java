package dev.parley.service.kafka.client;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/** A use of a producer, and its settings. All kinds lose no acknowledged record, write no record twice and keep the order. */
public sealed interface ProducerKind {

    /** Its settings over the configured ones. */
    Map<String, Object> settings(Map<String, Object> configured);

    private static Settings durable(Map<String, Object> configured, String clientId) {
        return Settings.over(configured)
                // Names the client in metrics and in the brokers' logs and quotas.
                .set(ProducerConfig.CLIENT_ID_CONFIG, clientId)
                // An acknowledged record is on all replicas in sync.
                .set(ProducerConfig.ACKS_CONFIG, "all")
                // A request that is sent again is written once.
                .set(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true)
                // With more, a producer can lose records on a new partition without reporting it (KAFKA-15591), and
                // the order of its first batches.
                .set(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1)
                // A record is sent at once. Those that come while a request is in flight form the next batch, so
                // batches grow with the load.
                .set(ProducerConfig.LINGER_MS_CONFIG, 0);
    }

    /**
     * Writes commands. A user waits for each acknowledgement.
     *
     * @param maxBlock the longest that one send may block
     * @param deliveryTimeout the longest that the brokers may take to acknowledge
     * @param maxRequestBytes of the largest record
     */
    record Commands(String clientId, Duration maxBlock, Duration deliveryTimeout, int maxRequestBytes)
            implements ProducerKind {

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return durable(configured, clientId)
                    // One thread sends all commands: while it blocks, later ones wait.
                    .setMs(ProducerConfig.MAX_BLOCK_MS_CONFIG, maxBlock)
                    // Within this time the user learns that the command may not be in the log.
                    .setMs(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deliveryTimeout)
                    // One request may take all of that time: a second one would not be faster.
                    .setMs(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, deliveryTimeout)
                    // Commands are accepted again a second after the brokers are back.
                    .set(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000)
                    // The topics accept as much.
                    .set(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRequestBytes)
                    .toMap();
        }
    }

    /**
     * Writes events: many small records in a row.
     *
     * @param lease after it another worker takes over a stream that this one does not write any more
     * @param maxRequestBytes of the largest record
     */
    record Events(String clientId, Duration lease, int maxRequestBytes) implements ProducerKind {

        private static final int BATCH_BYTES = 256 * 1024;

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            int leaseMs = Math.toIntExact(lease.toMillis());
            return durable(configured, clientId)
                    // The result of an append is known before another worker may take over the stream.
                    .set(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, leaseMs)
                    .set(ProducerConfig.MAX_BLOCK_MS_CONFIG, leaseMs)
                    // Shorter than the delivery time-out: a request that was lost is sent once more.
                    .set(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(1, leaseMs * 2 / 3))
                    // One request is in flight, so the records of a round trip should fit into one batch.
                    .set(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES)
                    // The topics accept as much.
                    .set(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRequestBytes)
                    .toMap();
        }
    }

    /**
     * Writes dead letters. They are few, and the caller waits for each.
     *
     * @param maxRequestBytes of the largest record, with the headers that a dead letter has in addition
     */
    record DeadLetters(String clientId, int maxRequestBytes) implements ProducerKind {

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return durable(configured, clientId)
                    // The caller does not process its partition meanwhile, and tries again later.
                    .set(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000)
                    .set(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000)
                    .set(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 5_000)
                    // A record at the topic's limit, with the headers of a dead letter.
                    .set(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRequestBytes)
                    .toMap();
        }
    }
}
