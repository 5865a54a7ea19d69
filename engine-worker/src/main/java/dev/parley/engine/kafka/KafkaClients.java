package dev.parley.engine.kafka;

import dev.parley.schema.kafka.TopicSetup;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import dev.parley.service.kafka.metered.MeteredClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Makes Kafka clients.
 *
 * @param common addresses and security, for every client
 * @param group of the workers
 * @param groupProtocol {@code consumer} or {@code classic}
 * @param lease a record's fate is known within it
 * @param metered makes all but the short-lived ones
 */
public record KafkaClients(
        String workerId,
        Map<String, Object> common,
        String group,
        String groupProtocol,
        Duration lease,
        MeteredClients metered) {
    private static final int TAIL_RECORDS = 500;
    private static final int TAIL_FETCH_BYTES = 8 * 1024 * 1024;
    private static final int EVENT_FETCH_BYTES = 64 * 1024;
    private static final int EVENT_FETCH_WAIT_MS = 25;
    private static final int BATCH_BYTES = 256 * 1024;

    public Admin admin() {
        return Admin.create(with(Map.of(CommonClientConfigs.CLIENT_ID_CONFIG, workerId + "-admin")));
    }

    public Producer<String, byte[]> producer() {
        return metered.producer(appending("appends"));
    }

    public DeadLetterPublisher deadLetters() {
        return DeadLetterPublisher.of(appending("dead-letters"), metered, Topics.DLT_SUFFIX);
    }

    /** One request in flight: what is appended meanwhile goes into the next batch, so batches grow with the load alone. */
    private Map<String, Object> appending(String what) {
        int leaseMs = Math.toIntExact(lease.toMillis());
        return with(Map.of(
                CommonClientConfigs.CLIENT_ID_CONFIG,
                workerId + "-" + what,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                leaseMs,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                Math.max(1, leaseMs * 2 / 3),
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                leaseMs,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                TopicSetup.MAX_MESSAGE_BYTES,
                ProducerConfig.BATCH_SIZE_CONFIG,
                BATCH_BYTES));
    }

    /** Reads commands as they come: a stop waits for nothing. */
    public Consumer<String, byte[]> commandTail() {
        return tail("commands", Map.of());
    }

    /** Reads commands of the past. */
    public Consumer<String, byte[]> pastCommands() {
        return tail("past-commands", Map.of());
    }

    /** Asks how far the log goes, and how far the group is, whose name serves for that alone. */
    public Consumer<String, byte[]> surveyor() {
        return new KafkaConsumer<>(
                consuming(reading("survey", Map.of(ConsumerConfig.GROUP_ID_CONFIG, group))),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Reads events a little later and many at once: nobody waits for them token by token. */
    public Consumer<String, byte[]> eventTail() {
        return tail(
                "events",
                Map.of(
                        ConsumerConfig.FETCH_MIN_BYTES_CONFIG, EVENT_FETCH_BYTES,
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, EVENT_FETCH_WAIT_MS));
    }

    public Consumer<String, byte[]> checkpointTail() {
        return tail("checkpoints", Map.of());
    }

    /** Reads what it is told to, and belongs to no group. */
    private Consumer<String, byte[]> tail(String what, Map<String, Object> settings) {
        return consumer(reading(what, settings));
    }

    private Map<String, Object> reading(String what, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(CommonClientConfigs.CLIENT_ID_CONFIG, workerId + "-" + what);
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, TAIL_RECORDS);
        all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, TAIL_FETCH_BYTES);
        return all;
    }

    /** The client id by which the group knows this worker. */
    public String memberId() {
        return workerId + "-member";
    }

    /** A member of the workers' group. */
    public Consumer<String, byte[]> member() {
        Map<String, Object> settings = new HashMap<>(Map.of(
                CommonClientConfigs.CLIENT_ID_CONFIG, memberId(),
                ConsumerConfig.GROUP_ID_CONFIG, group,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG, groupProtocol));
        if (groupProtocol.equals("classic")) {
            settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
            settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
            settings.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        }
        return consumer(settings);
    }

    private Consumer<String, byte[]> consumer(Map<String, Object> settings) {
        return metered.consumer(consuming(settings), new StringDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> consuming(Map<String, Object> settings) {
        Map<String, Object> all = with(settings);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return all;
    }

    private Map<String, Object> with(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(common);
        all.putAll(settings);
        return all;
    }
}
