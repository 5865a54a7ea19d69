package dev.parley.schema.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates missing topics with the settings that Parley's guarantees need. In existing topics it changes one setting only: {@code
 * message.timestamp.type=LogAppendTime}, so that timestamps do not depend on the writers' clocks. Existing records keep their timestamps.
 */
public final class TopicSetup {

    /** The maximal size of a record batch. An answer of 262,144 characters as JSON fits, with its headers. */
    public static final int MAX_MESSAGE_BYTES = 2 * 1024 * 1024 + 64 * 1024;

    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Duration DLT_RETENTION = Duration.ofDays(30);
    /** A starting worker reads the whole topic. Compaction does not include the newest segment, so segments are small. */
    private static final Map<String, String> COMPACTED_OFTEN =
            Map.of("cleanup.policy", "compact", "segment.bytes", "16777216", "segment.ms", "3600000");

    /** A starting gateway reads the last minutes. Older records have no effect. */
    private static final Map<String, String> KEPT_BRIEFLY = Map.of(
            "cleanup.policy", "delete", "retention.ms", "600000", "segment.bytes", "16777216", "segment.ms", "600000");

    private static final String TIMESTAMP_TYPE = "message.timestamp.type";
    private static final String LOG_APPEND_TIME = "LogAppendTime";

    private static final Duration METADATA_WAIT = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);

    private TopicSetup() {}

    /**
     * Creates missing topics and alters existing ones. If altering is refused, for instance because a permission is missing, one WARN names the
     * remedy, and the topics stay unchanged.
     *
     * @param settings of missing topics; from 3 replicas on, two must be in sync for an acknowledgement
     * @return the number of partitions of commands and of events; each has a leader
     * @throws IllegalStateException if commands and events have different numbers of partitions
     * @throws TimeoutException if the brokers did not answer in time
     */
    public static int ensure(Admin admin, TopicSettings settings, Duration timeout)
            throws InterruptedException, TimeoutException {
        create(admin, wanted(settings), timeout);
        List<String> refused = setTimestampType(admin, timeout);
        if (!refused.isEmpty()) {
            LOG.warn(
                    "{}={} cannot be set: {}. Until it is set, brokers refuse the records of a process whose clock is more than an hour ahead,"
                            + " and times depend on each process's clock. Grant this user ALTER_CONFIGS and DESCRIBE_CONFIGS on these topics, or"
                            + " run for each: kafka-configs.sh --bootstrap-server <address> --alter --entity-type topics --entity-name <topic>"
                            + " --add-config {}={}",
                    TIMESTAMP_TYPE,
                    LOG_APPEND_TIME,
                    String.join("; ", refused),
                    TIMESTAMP_TYPE,
                    LOG_APPEND_TIME);
        }
        int found = samePartitions(admin, timeout);
        awaitLeaders(admin, found, timeout);
        return found;
    }

    private static List<NewTopic> wanted(TopicSettings settings) {
        int partitions = settings.partitions();
        short replicas = settings.replicas();
        List<NewTopic> wanted = new ArrayList<>();
        wanted.add(topic(Topics.COMMANDS, partitions, replicas, kept(RETENTION)));
        wanted.add(topic(Topics.EVENTS, partitions, replicas, kept(RETENTION)));
        wanted.add(topic(Topics.CHECKPOINTS, 1, replicas, COMPACTED_OFTEN));
        wanted.add(topic(Topics.CONNECTIONS, 1, replicas, KEPT_BRIEFLY));
        wanted.add(topic(Topics.COMMANDS_DLT, 1, replicas, kept(DLT_RETENTION)));
        wanted.add(topic(Topics.EVENTS_DLT, 1, replicas, kept(DLT_RETENTION)));
        return wanted;
    }

    /**
     * The differences between the existing topics and those that {@link #ensure} creates, one sentence each. Any numbers of partitions and
     * replicas are accepted, but commands and events must have the same number of partitions, and with three or more replicas two must be in
     * sync.
     *
     * @throws TimeoutException if the brokers did not answer in time
     * @throws IllegalStateException if the brokers refused a request
     */
    public static List<String> differences(Admin admin, Duration timeout)
            throws InterruptedException, TimeoutException {
        try {
            Set<String> names = admin.listTopics().names().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            List<String> found = new ArrayList<>();
            Map<String, TopicDescription> described = admin.describeTopics(
                            wanted(new TopicSettings(0, (short) 0)).stream()
                                    .map(NewTopic::name)
                                    .filter(names::contains)
                                    .toList())
                    .allTopicNames()
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            for (NewTopic each : wanted(new TopicSettings(0, (short) 0))) {
                TopicDescription there = described.get(each.name());
                if (there == null) {
                    found.add(each.name() + " is missing");
                    continue;
                }
                int replicas = there.partitions().getFirst().replicas().size();
                NewTopic same = wanted(new TopicSettings(0, (short) replicas)).stream()
                        .filter(topic -> topic.name().equals(each.name()))
                        .findFirst()
                        .orElseThrow();
                found.addAll(differences(admin, same, timeout));
            }
            TopicDescription commands = described.get(Topics.COMMANDS);
            TopicDescription events = described.get(Topics.EVENTS);
            if (commands != null
                    && events != null
                    && commands.partitions().size() != events.partitions().size()) {
                found.add(Topics.COMMANDS + " has " + commands.partitions().size() + " partitions and " + Topics.EVENTS
                        + " has " + events.partitions().size());
            }
            return found;
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot describe the topics", e.getCause());
        }
    }

    private static List<String> differences(Admin admin, NewTopic wanted, Duration timeout)
            throws InterruptedException, TimeoutException, ExecutionException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, wanted.name());
        Config config = Objects.requireNonNull(admin.describeConfigs(List.of(resource))
                .all()
                .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .get(resource));
        List<String> found = new ArrayList<>();
        new TreeMap<>(wanted.configs()).forEach((name, value) -> {
            ConfigEntry there = config.get(name);
            if (there == null || !value.equals(there.value())) {
                found.add(wanted.name() + " has " + name + "=" + (there == null ? "" : there.value()) + " instead of "
                        + value);
            }
        });
        return found;
    }

    /** Creates only missing topics, so that a user without the permission to create topics can use existing ones. */
    private static void create(Admin admin, List<NewTopic> wanted, Duration timeout)
            throws InterruptedException, TimeoutException {
        Set<String> there = names(admin, timeout);
        List<NewTopic> missing =
                wanted.stream().filter(topic -> !there.contains(topic.name())).toList();
        for (Map.Entry<String, KafkaFuture<Void>> topic :
                admin.createTopics(missing).values().entrySet()) {
            try {
                topic.getValue().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new IllegalStateException(
                            "cannot create topic " + topic.getKey() + ": " + e.getCause(), e.getCause());
                }
            }
        }
    }

    private static Set<String> names(Admin admin, Duration timeout) throws InterruptedException, TimeoutException {
        try {
            return admin.listTopics().names().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot list the topics: " + e.getCause(), e.getCause());
        }
    }

    /**
     * Sets {@code message.timestamp.type} in topics that older versions created.
     *
     * @return the topics where this was refused, each with the reason; empty if all have the setting
     */
    static List<String> setTimestampType(Admin admin, Duration timeout) throws InterruptedException, TimeoutException {
        List<String> refused = new ArrayList<>();
        for (NewTopic topic : wanted(new TopicSettings(0, (short) 0))) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
            try {
                if (!LOG_APPEND_TIME.equals(timestampType(admin, resource, timeout))) {
                    admin.incrementalAlterConfigs(Map.of(
                                    resource,
                                    List.of(new AlterConfigOp(
                                            new ConfigEntry(TIMESTAMP_TYPE, LOG_APPEND_TIME),
                                            AlterConfigOp.OpType.SET))))
                            .all()
                            .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                    LOG.info("Set {}={} on topic {}", TIMESTAMP_TYPE, LOG_APPEND_TIME, topic.name());
                }
            } catch (ExecutionException e) {
                refused.add(topic.name() + " (" + e.getCause() + ")");
            }
        }
        return refused;
    }

    private static @Nullable String timestampType(Admin admin, ConfigResource topic, Duration timeout)
            throws InterruptedException, TimeoutException, ExecutionException {
        Config config = Objects.requireNonNull(admin.describeConfigs(List.of(topic))
                .all()
                .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .get(topic));
        ConfigEntry entry = config.get(TIMESTAMP_TYPE);
        return entry == null ? null : entry.value();
    }

    /**
     * Waits until all partitions have a leader that answers for its end offset. A producer with several requests in flight that writes to a
     * partition without a ready leader can lose the order of its first batches (seen with Kafka 4.2.1: OUT_OF_ORDER_SEQUENCE_NUMBER until its
     * delivery time-out).
     */
    private static void awaitLeaders(Admin admin, int partitions, Duration timeout)
            throws InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (String topic : List.of(Topics.COMMANDS, Topics.EVENTS)) {
            for (int partition = 0; partition < partitions; partition++) {
                ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
            }
        }
        try {
            admin.listOffsets(ends).all().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the partitions of the topics have no leaders yet", e.getCause());
        }
    }

    /** A broker may not know a new topic for a moment. */
    private static int samePartitions(Admin admin, Duration timeout) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + METADATA_WAIT.toNanos();
        while (true) {
            try {
                Map<String, TopicDescription> found = admin.describeTopics(List.of(Topics.COMMANDS, Topics.EVENTS))
                        .allTopicNames()
                        .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                int commands = partitions(found, Topics.COMMANDS);
                int events = partitions(found, Topics.EVENTS);
                if (commands != events) {
                    throw new IllegalStateException(Topics.COMMANDS + " has " + commands + " partitions and "
                            + Topics.EVENTS + " has " + events + ": they must have the same number");
                }
                return commands;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw new IllegalStateException("cannot describe the topics", e.getCause());
                }
            }
        }
    }

    private static int partitions(Map<String, TopicDescription> found, String topic) {
        return Objects.requireNonNull(found.get(topic)).partitions().size();
    }

    private static NewTopic topic(String name, int partitions, short replicas, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("max.message.bytes", String.valueOf(MAX_MESSAGE_BYTES));
        all.put(TIMESTAMP_TYPE, LOG_APPEND_TIME);
        all.put("min.insync.replicas", replicas >= 3 ? "2" : "1");
        return new NewTopic(name, partitions, replicas).configs(all);
    }

    private static Map<String, String> kept(Duration time) {
        return Map.of("cleanup.policy", "delete", "retention.ms", String.valueOf(time.toMillis()));
    }
}
