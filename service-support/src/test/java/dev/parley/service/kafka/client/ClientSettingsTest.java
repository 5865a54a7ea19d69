package dev.parley.service.kafka.client;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole configuration that each kind of client is made with. That all clients are made here is ArchitectureTest's matter. */
class ClientSettingsTest {

    private static final Map<String, Object> SECURITY =
            Map.of("bootstrap.servers", "kafka-1:9093", "security.protocol", "SASL_SSL", "sasl.jaas.config", "secret");

    private enum Client {
        COMMANDS(
                new ProducerKind.Commands("gateway-commands", Duration.ofMillis(500), Duration.ofMillis(3_500), 2_000),
                """
                acks=all
                client.id=gateway-commands
                delivery.timeout.ms=3500
                enable.idempotence=true
                linger.ms=0
                max.block.ms=500
                max.in.flight.requests.per.connection=1
                max.request.size=2000
                reconnect.backoff.max.ms=1000
                request.timeout.ms=3500
                """),
        EVENTS(new ProducerKind.Events("worker-appends", Duration.ofSeconds(3), 2_000), """
                acks=all
                batch.size=262144
                client.id=worker-appends
                delivery.timeout.ms=3000
                enable.idempotence=true
                linger.ms=0
                max.block.ms=3000
                max.in.flight.requests.per.connection=1
                max.request.size=2000
                request.timeout.ms=2000
                """),
        DEAD_LETTERS(new ProducerKind.DeadLetters("projection-dead-letters", 3_000), """
                acks=all
                client.id=projection-dead-letters
                delivery.timeout.ms=5000
                enable.idempotence=true
                linger.ms=0
                max.block.ms=2000
                max.in.flight.requests.per.connection=1
                max.request.size=3000
                request.timeout.ms=4000
                """),
        TAIL(new ConsumerKind.Tail("worker-commands"), """
                allow.auto.create.topics=false
                auto.offset.reset=earliest
                client.id=worker-commands
                enable.auto.commit=false
                fetch.max.bytes=8388608
                max.poll.records=500
                """),
        BATCHED_TAIL(new ConsumerKind.BatchedTail("worker-events"), """
                allow.auto.create.topics=false
                auto.offset.reset=earliest
                client.id=worker-events
                enable.auto.commit=false
                fetch.max.bytes=8388608
                fetch.max.wait.ms=25
                fetch.min.bytes=65536
                max.poll.records=500
                """),
        RELAY_TAIL(
                new ConsumerKind.RelayTail(
                        "gateway-tail", Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofMillis(600)),
                """
                auto.offset.reset=earliest
                client.id=gateway-tail
                default.api.timeout.ms=10000
                enable.auto.commit=false
                fetch.max.bytes=8388608
                fetch.max.wait.ms=500
                fetch.min.bytes=1
                max.poll.records=2000
                reconnect.backoff.max.ms=1000
                request.timeout.ms=10000
                socket.connection.setup.timeout.ms=3000
                """),
        LOG_READER(new ConsumerKind.LogReader("cli", Duration.ofSeconds(10)), """
                allow.auto.create.topics=false
                auto.offset.reset=earliest
                client.id=cli
                default.api.timeout.ms=10000
                enable.auto.commit=false
                fetch.max.wait.ms=50
                max.poll.records=5000
                request.timeout.ms=10000
                """),
        OFFSETS(new ConsumerKind.Offsets("worker-survey", "workers"), """
                allow.auto.create.topics=false
                auto.offset.reset=earliest
                client.id=worker-survey
                enable.auto.commit=false
                fetch.max.bytes=8388608
                group.id=workers
                max.poll.records=500
                """),
        MEMBER(new ConsumerKind.Member("worker-member", "workers", "consumer"), """
                allow.auto.create.topics=false
                auto.offset.reset=earliest
                client.id=worker-member
                enable.auto.commit=false
                group.id=workers
                group.protocol=consumer
                """),
        CLASSIC_MEMBER(new ConsumerKind.Member("worker-member", "workers", "classic"), """
                allow.auto.create.topics=false
                auto.offset.reset=earliest
                client.id=worker-member
                enable.auto.commit=false
                group.id=workers
                group.protocol=classic
                heartbeat.interval.ms=2000
                partition.assignment.strategy=org.apache.kafka.clients.consumer.CooperativeStickyAssignor
                session.timeout.ms=6000
                """),
        GROUP_READER(reader("consumer"), """
                allow.auto.create.topics=false
                auto.offset.reset=earliest
                client.id=projection-events
                enable.auto.commit=false
                fetch.max.bytes=4194304
                fetch.max.wait.ms=20
                fetch.min.bytes=65536
                group.id=projection
                group.protocol=consumer
                max.partition.fetch.bytes=3000
                max.poll.records=50
                """),
        CLASSIC_GROUP_READER(reader("classic"), """
                allow.auto.create.topics=false
                auto.offset.reset=earliest
                client.id=projection-events
                enable.auto.commit=false
                fetch.max.bytes=4194304
                fetch.max.wait.ms=20
                fetch.min.bytes=65536
                group.id=projection
                group.protocol=classic
                heartbeat.interval.ms=3000
                max.partition.fetch.bytes=3000
                max.poll.records=50
                partition.assignment.strategy=org.apache.kafka.clients.consumer.CooperativeStickyAssignor
                session.timeout.ms=9000
                """),
        CONFIGURED_ADMIN(new AdminKind.Configured(), ""),
        NAMED_ADMIN(new AdminKind.Named("worker-admin"), """
                client.id=worker-admin
                """),
        BOUNDED_ADMIN(new AdminKind.Bounded(Duration.ofSeconds(10)), """
                default.api.timeout.ms=10000
                request.timeout.ms=10000
                """);

        private final Record kind;
        private final String expected;

        Client(Record kind, String expected) {
            this.kind = kind;
            this.expected = expected;
        }

        private static ConsumerKind.GroupReader reader(String protocol) {
            return new ConsumerKind.GroupReader(
                    "projection-events",
                    "projection",
                    protocol,
                    Duration.ofSeconds(9),
                    50,
                    Duration.ofMillis(20),
                    3_000);
        }

        Map<String, Object> settings(Map<String, Object> configured) {
            return switch (kind) {
                case ProducerKind it -> it.settings(configured);
                case ConsumerKind it -> it.settings(configured);
                case AdminKind it -> it.settings(configured);
                default -> throw new AssertionError(kind);
            };
        }

        Map<String, Object> expected() {
            Map<String, Object> all = new HashMap<>();
            expected.lines().forEach(line -> all.put(line.split("=", 2)[0], line.split("=", 2)[1]));
            return all;
        }
    }

    @ParameterizedTest
    @EnumSource
    void each_kind_has_these_settings_and_the_configured_addresses_and_security(Client client) {
        Map<String, Object> expected = client.expected();
        expected.putAll(SECURITY);

        assertThat(lines(client.settings(SECURITY))).isEqualTo(lines(expected));
    }

    private static String lines(Map<String, Object> settings) {
        return new TreeMap<>(settings)
                .entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .collect(joining("\n"));
    }

    @ParameterizedTest
    @EnumSource
    void what_a_kind_sets_wins_over_what_is_configured(Client client) {
        Map<String, Object> configured = new HashMap<>(client.expected());
        configured.replaceAll((_, _) -> "77");

        assertThat(client.settings(configured).entrySet().stream().filter(each -> "77".equals(each.getValue())))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void kafka_knows_each_setting(Client client) {
        assertThat(Stream.of(
                                ProducerConfig.configNames(),
                                ConsumerConfig.configNames(),
                                AdminClientConfig.configNames())
                        .anyMatch(names -> names.containsAll(client.expected().keySet())))
                .isTrue();
    }

    @Test
    void a_relay_tail_takes_a_lower_configured_fetch_wait_alone() {
        assertThat(relayTail(Map.of("fetch.max.wait.ms", "20"))).containsEntry("fetch.max.wait.ms", 20);
        assertThat(relayTail(Map.of("fetch.max.wait.ms", 450))).containsEntry("fetch.max.wait.ms", 400);
    }

    @Test
    void readers_of_the_whole_log_are_in_no_group() {
        Map<String, Object> configured = Map.of("group.id", "configured");

        assertThat(relayTail(configured)).doesNotContainKey("group.id");
        assertThat(new ConsumerKind.LogReader("cli", Duration.ofSeconds(10)).settings(configured))
                .doesNotContainKey("group.id");
    }

    private static Map<String, Object> relayTail(Map<String, Object> configured) {
        return new ConsumerKind.RelayTail("tail", Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofMillis(400))
                .settings(configured);
    }

    @Test
    void clients_of_a_kind_take_the_settings_that_are_configured_for_it() {
        KafkaConnection connection = new KafkaConnection(
                Map.of("bootstrap.servers", "a:1"),
                Map.of("bootstrap.servers", "p:1"),
                Map.of("bootstrap.servers", "c:1"));

        assertThat(KafkaClients.unmeasured(connection).settings(new ProducerKind.DeadLetters("letters", 1)))
                .containsEntry("bootstrap.servers", "p:1");
        assertThat(connection.toString()).doesNotContain("p:1");
    }
}
