package dev.parley.schema.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The tests run in order, because the topics have fixed names and the broker is shared. */
@WithBackends
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TopicSetupIT {

    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final long LONG_AGO = 1_000_000;
    private static final TopicSettings SETTINGS = new TopicSettings(4, (short) 1);
    private static final List<String> TOPICS = List.of(
            Topics.COMMANDS,
            Topics.EVENTS,
            Topics.CHECKPOINTS,
            Topics.CONNECTIONS,
            Topics.COMMANDS_DLT,
            Topics.EVENTS_DLT);

    private final String bootstrapServers;
    private final Admin admin;

    TopicSetupIT(Backends backends) {
        bootstrapServers = backends.bootstrapServers();
        admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers));
    }

    @BeforeAll
    void deleteExistingTopics() throws Exception {
        Collection<String> there = admin.listTopics().names().get(30, TimeUnit.SECONDS);
        admin.deleteTopics(TOPICS.stream().filter(there::contains).toList())
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    @AfterAll
    void close() {
        admin.close(BOUND);
    }

    @Test
    @Order(1)
    void services_that_start_together_create_the_topics_once() throws Exception {
        List<Future<Integer>> partitions = new ArrayList<>();
        try (var services = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Integer> service = () -> TopicSetup.ensure(admin, SETTINGS, BOUND);
            for (int i = 0; i < 4; i++) {
                partitions.add(services.submit(service));
            }
            for (Future<Integer> each : partitions) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(4);
            }
        }
        assertThat(described(Topics.COMMANDS).partitions()).hasSize(4);
        assertThat(described(Topics.EVENTS).partitions()).hasSize(4);
        assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).containsAll(TOPICS);
    }

    @Test
    @Order(2)
    void topics_have_the_settings_that_the_guarantees_need() throws Exception {
        for (String topic : TOPICS) {
            assertThat(setting(topic, "max.message.bytes")).isEqualTo(String.valueOf(TopicSetup.MAX_MESSAGE_BYTES));
            assertThat(setting(topic, "min.insync.replicas")).isEqualTo("1");
            assertThat(setting(topic, "message.timestamp.type")).isEqualTo("LogAppendTime");
        }
        assertThat(setting(Topics.COMMANDS, "retention.ms")).isEqualTo("604800000");
        assertThat(setting(Topics.EVENTS, "retention.ms")).isEqualTo("604800000");
        assertThat(setting(Topics.EVENTS_DLT, "retention.ms")).isEqualTo("2592000000");
        assertThat(setting(Topics.CONNECTIONS, "retention.ms")).isEqualTo("600000");
        assertThat(setting(Topics.CHECKPOINTS, "cleanup.policy")).isEqualTo("compact");
    }

    @Test
    @Order(3)
    void existing_topics_stay_unchanged() throws Exception {
        assertThat(TopicSetup.ensure(admin, new TopicSettings(9, (short) 1), BOUND))
                .isEqualTo(4);
        assertThat(described(Topics.EVENTS).partitions()).hasSize(4);
    }

    /** Topics as an older version created them, with a record of a writer whose clock is two hours behind. */
    @Test
    @Order(4)
    void topics_of_an_older_version_get_the_brokers_clock_and_keep_their_records() throws Exception {
        alter(Topics.COMMANDS, "CreateTime");
        alter(Topics.EVENTS, "CreateTime");
        long twoHoursAgo = System.currentTimeMillis() - Duration.ofHours(2).toMillis();
        assertThat(append(twoHoursAgo)).isEqualTo(twoHoursAgo);
        assertThat(TopicSetup.differences(admin, BOUND))
                .contains(
                        "chat.events has message.timestamp.type=CreateTime instead of LogAppendTime",
                        "chat.commands has message.timestamp.type=CreateTime instead of LogAppendTime");

        assertThat(TopicSetup.ensure(admin, SETTINGS, BOUND)).isEqualTo(4);

        assertThat(setting(Topics.EVENTS, "message.timestamp.type")).isEqualTo("LogAppendTime");
        assertThat(setting(Topics.COMMANDS, "message.timestamp.type")).isEqualTo("LogAppendTime");
        assertThat(TopicSetup.differences(admin, BOUND)).isEmpty();
        awaitAppend(false);
        long begin = System.currentTimeMillis();
        for (Duration ahead : List.of(Duration.ofHours(-2), Duration.ofHours(3))) {
            assertThat(append(begin + ahead.toMillis())).isBetween(begin - 1_000, System.currentTimeMillis() + 1_000);
        }
        assertThat(timesOfEvents()).contains(twoHoursAgo);
    }

    @Test
    @Order(5)
    void a_refused_alteration_is_returned_with_topic_and_reason() throws Exception {
        alter(Topics.EVENTS, "CreateTime");
        Admin unprivileged = refusingAlterations();

        assertThat(TopicSetup.setTimestampType(unprivileged, BOUND))
                .singleElement()
                .asString()
                .startsWith("chat.events (org.apache.kafka.common.errors.InvalidConfigurationException: ");
        assertThat(TopicSetup.ensure(unprivileged, SETTINGS, BOUND)).isEqualTo(4);
        assertThat(setting(Topics.EVENTS, "message.timestamp.type")).isEqualTo("CreateTime");
    }

    /** The broker refuses the alteration, because it has no such setting. */
    private Admin refusingAlterations() {
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (_, method, arguments) -> {
                    if (!method.getName().equals("incrementalAlterConfigs") || arguments.length > 1) {
                        return method.invoke(admin, arguments);
                    }
                    return admin.incrementalAlterConfigs(
                            Map.of(topic(Topics.EVENTS), List.of(timestampType("NoSuchType"))));
                });
    }

    private void alter(String topic, String timestampType) throws Exception {
        admin.incrementalAlterConfigs(Map.of(topic(topic), List.of(timestampType(timestampType))))
                .all()
                .get(30, TimeUnit.SECONDS);
        if (topic.equals(Topics.EVENTS)) {
            awaitAppend(timestampType.equals("CreateTime"));
        }
    }

    /** A broker applies a setting a moment after the controller. */
    private void awaitAppend(boolean withWritersTime) throws Exception {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while ((append(LONG_AGO) == LONG_AGO) != withWritersTime) {
            assertThat(System.nanoTime()).as("the broker applied the setting").isLessThan(deadline);
        }
    }

    private static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private static AlterConfigOp timestampType(String value) {
        return new AlterConfigOp(new ConfigEntry("message.timestamp.type", value), AlterConfigOp.OpType.SET);
    }

    /** @return the timestamp of the record */
    private long append(long timeMs) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>(Topics.EVENTS, 0, timeMs, "user/session", new byte[] {1}))
                    .get(30, TimeUnit.SECONDS)
                    .timestamp();
        }
    }

    private List<Long> timesOfEvents() {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
        TopicPartition first = new TopicPartition(Topics.EVENTS, 0);
        List<Long> times = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(first));
            consumer.seekToBeginning(List.of(first));
            long end = consumer.endOffsets(List.of(first)).getOrDefault(first, 0L);
            while (consumer.position(first) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> times.add(record.timestamp()));
            }
        }
        return times;
    }

    @Test
    @Order(6)
    void commands_and_events_with_different_partitions_are_refused() throws Exception {
        admin.createPartitions(Map.of(Topics.EVENTS, NewPartitions.increaseTo(5)))
                .all()
                .get(30, TimeUnit.SECONDS);

        assertThatIllegalStateException()
                .isThrownBy(() -> TopicSetup.ensure(admin, SETTINGS, BOUND))
                .withMessageContaining("they must have the same number");
    }

    private TopicDescription described(String topic) throws Exception {
        return Optional.ofNullable(admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get(30, TimeUnit.SECONDS)
                        .get(topic))
                .orElseThrow();
    }

    private String setting(String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = Optional.ofNullable(admin.describeConfigs(List.of(resource))
                        .all()
                        .get(30, TimeUnit.SECONDS)
                        .get(resource))
                .orElseThrow();
        return config.get(name).value();
    }
}
