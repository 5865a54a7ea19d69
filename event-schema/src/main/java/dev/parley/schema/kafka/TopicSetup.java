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
 * Makes the topics that are missing, with the settings that the promises of Parley need. Of a topic that is there it changes one setting
 * alone: the brokers stamp its records ({@code message.timestamp.type=LogAppendTime}), so a writer whose clock is wrong can append as any
 * other. Records that are there keep the time that they bear.
 */
public final class TopicSetup {

    /** Largest record value, with room for headers and batch: an answer of 262,144 characters as JSON fits. */
    public static final int MAX_MESSAGE_BYTES = 2 * 1024 * 1024 + 64 * 1024;

    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Duration DLT_RETENTION = Duration.ofDays(30);
    /** A starting worker reads all of it: what is compacted is all but the newest segment. */
    private static final Map<String, String> COMPACTED_OFTEN =
            Map.of("cleanup.policy", "compact", "segment.bytes", "16777216", "segment.ms", "3600000");

    /** A starting gateway reads the last minutes of it; what is older is void. */
    private static final Map<String, String> KEPT_BRIEFLY = Map.of(
            "cleanup.policy", "delete", "retention.ms", "600000", "segment.bytes", "16777216", "segment.ms", "600000");

    private static final String TIMESTAMP_TYPE = "message.timestamp.type";
    private static final String BROKERS_CLOCK = "LogAppendTime";

    private static final Duration METADATA_WAIT = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);

    private TopicSetup() {}

    /**
     * Makes what is missing and alters what is older. Where altering is refused, for want of permission for instance, one WARN says what to do
     * and the topics stay as they are.
     *
     * @param settings of topics that do not exist yet; from 3 replicas on, two must be in sync for an acknowledgement
     * @return the number of partitions that commands and events have; each has a leader that takes records
     * @throws IllegalStateException if commands and events have different numbers of partitions
     * @throws TimeoutException if the brokers did not answer in time
     */
    public static int ensure(Admin admin, TopicSettings settings, Duration timeout)
            throws InterruptedException, TimeoutException {
        create(admin, wanted(settings), timeout);
        List<String> refused = stampByBrokers(admin, timeout);
        if (!refused.isEmpty()) {
            LOG.warn(
                    "{}={} cannot be set: {}. Until it is set, brokers refuse the records of a process whose clock is more than an hour ahead,"
                            + " and times depend on each process's clock. Allow this user ALTER_CONFIGS and DESCRIBE_CONFIGS on these topics, or"
                            + " run for each: kafka-configs.sh --bootstrap-server <address> --alter --entity-type topics --entity-name <topic>"
                            + " --add-config {}={}",
                    TIMESTAMP_TYPE,
                    BROKERS_CLOCK,
                    String.join("; ", refused),
                    TIMESTAMP_TYPE,
                    BROKERS_CLOCK);
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
     * What is missing, or is not as {@link #ensure} makes it, a sentence each. The numbers of partitions and replicas are whoever's who made
     * the topics, but commands and events must have as many partitions, and of three replicas two must be in sync.
     *
     * @throws TimeoutException if the brokers did not answer in time
     * @throws IllegalStateException if they refused to
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

    /** Asks for what is missing alone: a user without the right to create topics can start on those that are there. */
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
     * Topics that were made before this setting was have {@code CreateTime}.
     *
     * @return the topics where that is refused, each with the reason; empty if all are as they should be
     */
    static List<String> stampByBrokers(Admin admin, Duration timeout) throws InterruptedException, TimeoutException {
        List<String> refused = new ArrayList<>();
        for (NewTopic topic : wanted(new TopicSettings(0, (short) 0))) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
            try {
                if (!BROKERS_CLOCK.equals(timestampType(admin, resource, timeout))) {
                    admin.incrementalAlterConfigs(Map.of(
                                    resource,
                                    List.of(new AlterConfigOp(
                                            new ConfigEntry(TIMESTAMP_TYPE, BROKERS_CLOCK), AlterConfigOp.OpType.SET))))
                            .all()
                            .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                    LOG.info("topic {}: {} is now {}", topic.name(), TIMESTAMP_TYPE, BROKERS_CLOCK);
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
     * A producer with several requests in flight that writes to a partition whose leader is not ready yet may lose the order of its
     * first batches for good (seen with Kafka 4.2.1: OUT_OF_ORDER_SEQUENCE_NUMBER until its delivery time-out). A leader that answers for
     * its end offset is ready.
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
            throw new IllegalStateException("the topics have no leaders yet", e.getCause());
        }
    }

    /** A topic just created may be unknown to the broker that is asked, for a moment. */
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
                            + Topics.EVENTS + " has " + events + ": they must be the same");
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
        all.put(TIMESTAMP_TYPE, BROKERS_CLOCK);
        all.put("min.insync.replicas", replicas >= 3 ? "2" : "1");
        return new NewTopic(name, partitions, replicas).configs(all);
    }

    private static Map<String, String> kept(Duration time) {
        return Map.of("cleanup.policy", "delete", "retention.ms", String.valueOf(time.toMillis()));
    }
}
