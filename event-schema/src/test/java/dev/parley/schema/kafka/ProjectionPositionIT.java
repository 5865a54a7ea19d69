package dev.parley.schema.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@WithBackends
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProjectionPositionIT {

    private static final Duration BOUND = Duration.ofSeconds(30);

    private final String group = "projection-" + UUID.randomUUID();
    private final Admin admin;

    ProjectionPositionIT(Backends backends) {
        admin = Admin.create(Map.<String, Object>of("bootstrap.servers", backends.bootstrapServers()));
    }

    @AfterAll
    void close() {
        admin.close(BOUND);
    }

    @Test
    void a_missing_group_has_no_position() throws Exception {
        assertThat(ProjectionPosition.read(admin, "missing-" + UUID.randomUUID(), BOUND))
                .isEmpty();
    }

    @Test
    void positions_are_read_from_the_metadata_of_the_commits() throws Exception {
        TopicSetup.ensure(admin, new TopicSettings(4, (short) 1), BOUND);
        admin.alterConsumerGroupOffsets(
                        group,
                        Map.of(
                                new TopicPartition(Topics.EVENTS, 0),
                                new OffsetAndMetadata(2, ProjectionPosition.metadata(11)),
                                new TopicPartition(Topics.EVENTS, 1),
                                new OffsetAndMetadata(4),
                                new TopicPartition(Topics.COMMANDS, 2),
                                new OffsetAndMetadata(9)))
                .all()
                .get(30, TimeUnit.SECONDS);

        assertThat(ProjectionPosition.read(admin, group, BOUND)).isEqualTo(Map.of(0, 11L, 1, 4L));
    }

    @Test
    void unavailable_brokers_cause_a_timeout_within_the_bound() {
        Map<String, Object> nowhere = Map.of("bootstrap.servers", "127.0.0.1:1");
        Admin away = Admin.create(nowhere);
        try {
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> ProjectionPosition.read(away, group, Duration.ofMillis(300)));
        } finally {
            away.close(Duration.ZERO); // it would wait a minute for the answer
        }
    }
}
