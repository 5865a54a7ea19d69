package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.EmbeddedKafka;
import dev.parley.embedded.testing.Backends;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.SocketClient;
import dev.parley.gateway.testkit.Worker;
import dev.parley.schema.kafka.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** While Kafka is down, clients get refusals with the time to retry, and no acknowledgement. */
class KafkaAwayIT {

    private static final Duration REFUSED_WITHIN = Duration.ofMillis(5_500);

    private final String user = Backends.unique("user");

    @TempDir
    Path folder;

    @Test
    void without_kafka_commands_are_refused_in_time_sockets_stay_open_and_continue_when_it_is_back() throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(folder);
        Backends backends = new Backends(kafka.bootstrapServers(), "mongodb://127.0.0.1:1", Backends.Kind.EMBEDDED);
        try (GatewayNode node = GatewayNode.start(backends, Map.of());
                SocketClient client = SocketClient.connect(node, user)) {
            client.send("chat_stream", chat("before"));
            client.await("stream_acknowledged");

            kafka.close();
            for (String message : new String[] {"away-1", "away-2"}) {
                long since = System.nanoTime();
                client.send("chat_stream", chat(message));
                JsonNode refused = client.await(
                        "error", data -> message.equals(data.path("message_id").asString()));
                assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(REFUSED_WITHIN);
                assertThat(refused.path("code").asString()).isEqualTo("UNAVAILABLE");
                assertThat(refused.path("retryable").asBoolean()).isTrue();
                assertThat(refused.path("retry_after_ms").asInt()).isPositive();
            }
            assertThat(client.frames()).noneMatch(frame -> frame.contains("acknowledged") && frame.contains("away"));

            kafka = EmbeddedKafka.start(folder);
            assertThat(kafka.bootstrapServers()).isEqualTo(backends.bootstrapServers());
            Await.until("a command is accepted again", Duration.ofSeconds(30), () -> {
                client.send("chat_stream", chat("away-1")).settle();
                return client.frames().stream()
                        .anyMatch(frame -> frame.contains("stream_acknowledged") && frame.contains("away-1"));
            });
            try (Worker worker = Worker.of(backends, user, "s", "away-1")) {
                worker.start().chunks(3).complete();
                assertThat(client.awaitCount(5, frame -> frame.contains("\"seq\":")))
                        .isEqualTo(worker.written());
            }
        } finally {
            kafka.close();
        }
    }

    @Test
    void a_gateway_that_starts_before_kafka_is_not_ready_until_kafka_answers() throws Exception {
        EmbeddedKafka first = EmbeddedKafka.start(folder);
        Backends backends = new Backends(first.bootstrapServers(), "mongodb://127.0.0.1:1", Backends.Kind.EMBEDDED);
        first.close();
        try (GatewayNode node = GatewayNode.startCold(backends, Map.of());
                SocketClient client = SocketClient.connect(node, user)) {
            assertThat(readiness(node)).isEqualTo(503);
            client.send("resume", Map.of("message_id", "m", "session_id", "s"));
            assertThat(client.await("error").path("code").asString()).isEqualTo("UNAVAILABLE");
            try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
                assertThat(kafka.bootstrapServers()).isEqualTo(backends.bootstrapServers());
                Await.until("ready", Duration.ofSeconds(60), () -> readiness(node) == 200);
                client.send("chat_stream", chat("m"));
                client.await("stream_acknowledged");
            }
        }
    }

    /** The gateway's clock is three hours ahead, and the topic uses {@code CreateTime}, as older versions created it. */
    @Test
    void a_gateway_whose_commands_kafka_refuses_is_not_ready_until_kafka_accepts_them() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            Backends backends = new Backends(kafka.bootstrapServers(), "mongodb://127.0.0.1:1", Backends.Kind.EMBEDDED);
            Map<String, Object> ahead =
                    Map.of("spring.kafka.producer.properties.interceptor.classes", ThreeHoursAhead.class.getName());
            try (GatewayNode node = GatewayNode.start(backends, ahead);
                    Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()));
                    SocketClient client = SocketClient.connect(node, user)) {
                client.send("chat_stream", chat("before"));
                client.await("stream_acknowledged");
                assertThat(readiness(node)).isEqualTo(200);

                setTimestampType(admin, "CreateTime");
                Await.until("refused", Duration.ofSeconds(30), () -> {
                    client.send("chat_stream", chat("refused")).settle();
                    return client.frames().stream().anyMatch(frame -> frame.contains("UNAVAILABLE"));
                });
                Await.until("not ready", Duration.ofSeconds(30), () -> readiness(node) == 503);

                setTimestampType(admin, "LogAppendTime");
                Await.until("ready", Duration.ofSeconds(30), () -> readiness(node) == 200);
                client.send("chat_stream", chat("after"));
                client.await(
                        "stream_acknowledged",
                        data -> "after".equals(data.path("message_id").asString()));
            }
        }
    }

    /** Gives records the time of a clock that is three hours ahead, which a broker refuses for topics with {@code CreateTime}. */
    public static final class ThreeHoursAhead implements ProducerInterceptor<String, byte[]> {

        @Override
        public ProducerRecord<String, byte[]> onSend(ProducerRecord<String, byte[]> record) {
            long time = System.currentTimeMillis() + Duration.ofHours(3).toMillis();
            return new ProducerRecord<>(
                    record.topic(), record.partition(), time, record.key(), record.value(), record.headers());
        }

        @Override
        public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception failure) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> settings) {}
    }

    private static void setTimestampType(Admin admin, String type) throws Exception {
        var entry = new ConfigEntry("message.timestamp.type", type);
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, Topics.COMMANDS),
                        List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                .all()
                .get(10, TimeUnit.SECONDS);
    }

    private static int readiness(GatewayNode node) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + node.managementPort() + "/actuator/health/readiness");
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (java.io.IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Object> chat(String message) {
        return Map.of("message_id", message, "session_id", "s", "message", "hi");
    }
}
