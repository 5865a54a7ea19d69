package dev.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedKafkaIT {

    private static final List<String> VALUES =
            IntStream.range(0, 100).mapToObj(i -> "value " + i).toList();

    @TempDir
    Path folder;

    @BeforeAll
    static void quiet() {
        BackendLogs.quiet();
    }

    @Test
    void topics_records_committed_offsets_and_the_address_are_the_same_after_a_restart() throws Exception {
        String address;
        try (var kafka = EmbeddedKafka.start(folder)) {
            address = kafka.bootstrapServers();
            writeAndReadTen(new Clients(address));
        }
        try (var kafka = EmbeddedKafka.start(folder)) {
            assertThat(kafka.bootstrapServers()).isEqualTo(address);
            assertAllIsThere(new Clients(address));
        }
    }

    @Test
    void acknowledged_records_survive_a_killed_process() throws Exception {
        String address;
        try (var kafka = ChildProcess.start("kafka", folder)) {
            address = kafka.address();
            writeAndReadTen(new Clients(address));
            kafka.kill();
        }
        try (var kafka = EmbeddedKafka.start(folder)) {
            assertThat(kafka.bootstrapServers()).isEqualTo(address);
            assertAllIsThere(new Clients(address));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void both_group_protocols_work(String protocol) throws Exception {
        try (var kafka = EmbeddedKafka.start(folder)) {
            var clients = new Clients(kafka.bootstrapServers());
            clients.createTopic("topic", Map.of());
            clients.send("topic", VALUES);
            assertThat(clients.readAndCommit("topic", "group", protocol, VALUES.size()))
                    .isEqualTo(VALUES);
            assertThat(clients.committed("topic", "group")).isEqualTo(VALUES.size());
        }
    }

    @Test
    void a_record_of_2_MiB_is_accepted() throws Exception {
        String big = "x".repeat(2 * 1024 * 1024);
        try (var kafka = EmbeddedKafka.start(folder)) {
            var clients = new Clients(kafka.bootstrapServers());
            clients.createTopic("topic", Map.of());
            clients.send("topic", List.of(big));
            assertThat(clients.readAndCommit("topic", "group", "consumer", 1)).containsExactly(big);
        }
    }

    @Test
    void a_second_broker_on_the_same_folder_is_refused() throws Exception {
        try (var first = EmbeddedKafka.start(folder)) {
            assertThatThrownBy(() -> EmbeddedKafka.start(folder))
                    .isInstanceOf(FolderInUseException.class)
                    .hasMessageContaining(folder.toString());
            var second = ChildProcess.spawn("kafka", folder);
            assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(second.exitValue()).isEqualTo(64);
            new Clients(first.bootstrapServers()).createTopic("still-works", Map.of());
        }
    }

    @Test
    void a_fatal_error_is_reported_and_does_not_end_the_process() throws Exception {
        try (var kafka = EmbeddedKafka.start(folder)) {
            Exit.halt(1, "log directory is gone");
            assertThat(kafka.failure())
                    .isCompletedWithValueMatching(reason -> reason.contains("log directory is gone"));
        }
    }

    private static void writeAndReadTen(Clients clients) throws Exception {
        clients.createTopic("topic", Map.of("retention.ms", "-1"));
        clients.send("topic", VALUES);
        assertThat(clients.readAndCommit("topic", "group", "consumer", 10)).isEqualTo(VALUES.subList(0, 10));
    }

    private static void assertAllIsThere(Clients clients) throws Exception {
        assertThat(clients.committed("topic", "group")).isEqualTo(10);
        assertThat(clients.readAndCommit("topic", "group", "consumer", 90)).isEqualTo(VALUES.subList(10, 100));
        assertThat(clients.readAndCommit("topic", "another", "consumer", 100)).isEqualTo(VALUES);
    }
}
