package dev.parley.schema.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
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
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** In order, because the topics have fixed names and the broker is shared. */
@WithBackends
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TopicSetupIT {

    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final TopicSettings SETTINGS = new TopicSettings(4, (short) 1);
    private static final List<String> TOPICS = List.of(
            Topics.COMMANDS,
            Topics.EVENTS,
            Topics.CHECKPOINTS,
            Topics.CONNECTIONS,
            Topics.COMMANDS_DLT,
            Topics.EVENTS_DLT);

    private final Admin admin;

    TopicSetupIT(Backends backends) {
        admin = Admin.create(Map.<String, Object>of("bootstrap.servers", backends.bootstrapServers()));
    }

    @BeforeAll
    void delete_what_is_there() throws Exception {
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
    void services_that_start_together_make_the_topics_once() throws Exception {
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
    void topics_keep_what_the_promises_need() throws Exception {
        for (String topic : TOPICS) {
            assertThat(setting(topic, "max.message.bytes")).isEqualTo(String.valueOf(TopicSetup.MAX_MESSAGE_BYTES));
            assertThat(setting(topic, "min.insync.replicas")).isEqualTo("1");
        }
        assertThat(setting(Topics.COMMANDS, "retention.ms")).isEqualTo("604800000");
        assertThat(setting(Topics.EVENTS, "retention.ms")).isEqualTo("604800000");
        assertThat(setting(Topics.EVENTS_DLT, "retention.ms")).isEqualTo("2592000000");
        assertThat(setting(Topics.CONNECTIONS, "retention.ms")).isEqualTo("600000");
        assertThat(setting(Topics.CHECKPOINTS, "cleanup.policy")).isEqualTo("compact");
    }

    @Test
    @Order(3)
    void topics_that_are_there_stay_as_they_are() throws Exception {
        assertThat(TopicSetup.ensure(admin, new TopicSettings(9, (short) 1), BOUND))
                .isEqualTo(4);
        assertThat(described(Topics.EVENTS).partitions()).hasSize(4);
    }

    @Test
    @Order(4)
    void commands_and_events_with_different_partitions_are_refused() throws Exception {
        admin.createPartitions(Map.of(Topics.EVENTS, NewPartitions.increaseTo(5)))
                .all()
                .get(30, TimeUnit.SECONDS);

        assertThatIllegalStateException()
                .isThrownBy(() -> TopicSetup.ensure(admin, SETTINGS, BOUND))
                .withMessageContaining("they must be the same");
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
