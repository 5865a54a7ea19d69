package dev.parley.projection;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import dev.parley.embedded.EmbeddedKafka;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.MetricsPage;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.projection.turn.TestLog;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The projection as an application: settings, documents, health and metrics. */
@WithBackends
class ProjectionApplicationIT {

    private static final String HELLO_SHA256 = "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969";
    private static final int TRIES = 300;
    private static final long BETWEEN_TRIES_MS = 100;
    private static final long CLOCKS_DIFFER_MS = 1_000;

    @Test
    void a_stream_becomes_the_documents_that_history_is_read_from(Backends backends) throws Exception {
        String database = Backends.unique("app");
        SessionKey session = SessionKey.of(Backends.unique("a/nn"), "s1");
        StreamId stream = new StreamId(session.user(), StreamId.of("x", "m1").message());
        String user = session.user().value().replace("/", "%2F");

        try (var context = start(backends, database);
                var mongo = MongoClients.create(backends.mongoUri())) {
            Date before = Date.from(Instant.now().minusMillis(CLOCKS_DIFFER_MS));
            TestLog log = write(session, stream);
            send(backends, log);
            Document message = await(mongo, database, "messages", user + "/m1", "complete");
            Document conversation = await(mongo, database, "conversations", user + "/s1", null);

            assertThat(message.getDate("created_at")).isBetween(before, new Date(), true, true);
            assertThat(message.getDate("ended_at")).isBetween(message.getDate("created_at"), new Date(), true, true);
            assertThat(message)
                    .containsEntry("user_id", session.user().value())
                    .containsEntry("session_id", "s1")
                    .containsEntry("conversation", user + "/s1")
                    .containsEntry("message_id", "m1")
                    .containsEntry("ai_message_id", "ai-m1")
                    .containsEntry("message", "Say hello")
                    .containsEntry("request", new Document())
                    .containsEntry("content", "Hello")
                    .containsEntry("thinking", List.of())
                    .containsEntry("content_sha256", HELLO_SHA256)
                    .containsEntry("asked_at", Date.from(TestLog.ASKED_AT))
                    .containsEntry("events", 3L)
                    .containsEntry("attempts", 1)
                    .doesNotContainKeys("degraded", "error", "reason", "emotion", "context");
            assertThat(message.get("metadata", Document.class))
                    .containsEntry("provider", "scripted")
                    .containsEntry("category", "general")
                    .containsEntry("finish_reason", "stop")
                    .containsEntry("tokens", tokens());
            assertThat(conversation)
                    .containsEntry("title", "Say hello")
                    .containsEntry("message_count", 2)
                    .containsEntry("created_at", message.getDate("created_at"))
                    .containsEntry("updated_at", message.getDate("ended_at"));

            assertThat(get(context, "/actuator/health/readiness")).contains("\"status\":\"UP\"");
            assertThat(get(context, "/actuator/health/liveness")).contains("\"status\":\"UP\"");
            assertThat(get(context, "/actuator/health")).contains("\"projection\":{\"status\":\"UP\"}");
            String metrics = get(context, "/actuator/prometheus");
            assertThat(metrics)
                    .contains("parley_projection_records_dropped_total{reason=\"stale_claim\"}")
                    .contains("kafka_consumer_fetch_manager_records_lag_max{client_id=\"parley-projection-events\"")
                    .contains("mongodb_driver_commands_seconds_count")
                    .contains("mongodb_driver_pool_size")
                    .doesNotContain(session.user().value());
            assertThat(MetricsPage.scraped(metrics, "parley_")).isEqualTo(MetricsPage.documented("parley_projection_"));
        }
    }

    @Test
    void without_kafka_and_store_it_is_not_ready_and_alive(@TempDir Path folder) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder);
                var context = start(
                        new Backends(kafka.bootstrapServers(), "mongodb://127.0.0.1:1", Backends.Kind.EMBEDDED),
                        "nowhere")) {
            assertThat(status(context, "/actuator/health/readiness")).isEqualTo(503);
            assertThat(status(context, "/actuator/health/liveness")).isEqualTo(200);
            assertThat(get(context, "/actuator/health")).contains("\"projection\":{\"status\":\"OUT_OF_SERVICE\"}");
        }
    }

    private static int status(ConfigurableApplicationContext context, String path) throws Exception {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                    .build();
            return client.send(request, BodyHandlers.discarding()).statusCode();
        }
    }

    private static ConfigurableApplicationContext start(Backends backends, String database) {
        return new SpringApplicationBuilder(ProjectionApplication.class)
                .properties("spring.config.name=projection,application")
                .run(
                        "--server.port=0",
                        "--spring.kafka.bootstrap-servers=" + backends.bootstrapServers(),
                        "--mongodb.uri=" + backends.mongoUri() + "/" + database,
                        "--parley.projection.group=" + database,
                        "--parley.topics.partitions=4");
    }

    private static TestLog write(SessionKey session, StreamId stream) {
        Claim claim = new Claim(1, "a");
        TestLog log = new TestLog();
        var metadata = new CompleteMetadata(
                "scripted", "scripted-1", "stop", 10, 5, new Tokens(1, 2, 0, 3, true), null, 1, null);
        // a worker two hours behind
        log.event(
                session,
                claim,
                TestLog.start(session, stream, "Say hello", log.now().minus(Duration.ofHours(2))));
        log.event(session, claim, new ContentChunk(stream.message(), 1, "Hello", false, null));
        log.event(
                session,
                claim,
                new StreamComplete(
                        stream.message(), 2, session.session(), log.now(), "ai-m1", "Hello", metadata, HELLO_SHA256));
        return log;
    }

    private static Document tokens() {
        return new Document("prompt", 1)
                .append("completion", 2)
                .append("reasoning", 0)
                .append("total", 3)
                .append("estimated", true);
    }

    private static void send(Backends backends, TestLog log) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", backends.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (var record : log.toSend(0)) {
                producer.send(record).get();
            }
        }
    }

    private static Document await(
            MongoClient mongo, String database, String collection, String id, @Nullable String status)
            throws InterruptedException {
        MongoCollection<Document> documents = mongo.getDatabase(database).getCollection(collection);
        CountDownLatch never = new CountDownLatch(1);
        for (int tries = 0; tries < TRIES; tries++) {
            Document found = documents.find(Filters.eq("_id", id)).first();
            if (found != null && (status == null || status.equals(found.getString("status")))) {
                return found;
            }
            never.await(BETWEEN_TRIES_MS, TimeUnit.MILLISECONDS);
        }
        throw new AssertionError("no such document after " + Duration.ofMillis(TRIES * BETWEEN_TRIES_MS) + ": " + id);
    }

    private static String get(ConfigurableApplicationContext context, String path) throws Exception {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                    .build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }
}
