package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClients;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.RawRecord;
import dev.parley.store.archive.ArchiveReader;
import dev.parley.store.archive.ArchiveWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.bson.Document;
import org.bson.types.Binary;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tool on a real broker and store, without any service. */
@WithBackends
class CliIT {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Backends backends;
    private final String database = Backends.unique("cli");
    private final String user = Backends.unique("us/er%");

    CliIT(Backends backends) {
        this.backends = backends;
    }

    @BeforeAll
    static void make_topics(Backends backends) {
        Ran made = run("topics", "create", "--partitions", "4", "--bootstrap-servers", backends.bootstrapServers());
        assertThat(made.out()).contains("have 4 partitions");
    }

    @Test
    void created_topics_have_the_right_settings() {
        Ran check = parley("topics", "check", "--json");

        assertThat(check.code()).isEqualTo(0);
        assertThat(check.json().path("ok").asBoolean()).isTrue();
    }

    @Test
    void documents_are_built_verified_and_repaired() throws Exception {
        send(new TestAnswer(user, "s", "m1").chunks("A log ", "is a list.").complete());
        send(new TestAnswer(user, "gone", "m2").chunks("secret").complete().deleted());

        assertThat(parley("verify", "--json").code()).isEqualTo(Exit.PROBLEM);
        Ran rebuilt = parley("rebuild", "--json");
        assertThat(rebuilt.code()).as(rebuilt.toString()).isZero();
        assertThat(rebuilt.json().path("outcome").asString()).isEqualTo("Rebuilt.");
        assertThat(rebuilt.json().path("events").asInt()).isPositive();
        assertThat(parley("verify").code()).isZero();

        try (var mongo = MongoClients.create(backends.mongoUri())) {
            mongo.getDatabase(database)
                    .getCollection("messages")
                    .updateOne(new Document("_id", id("m1")), new Document("$set", new Document("content", "forged")));
        }
        Ran found = parley("verify");
        assertThat(found.code()).isEqualTo(Exit.PROBLEM);
        assertThat(found.out()).contains("different: " + id("m1")).contains("The documents are not what the log says.");

        assertThat(parley("rebuild").out()).contains("Rebuilt.");
        assertThat(parley("verify").out()).contains("The documents are what the log says.");
        assertThat(parley("export", "s", "--user", user).out())
                .contains("A log is a list.")
                .doesNotContain("forged");
        assertThat(parley("export", "gone", "--user", user).code()).isEqualTo(Exit.NOT_FOUND);
    }

    @Test
    void an_id_of_a_deleted_conversation_is_another_stream() throws Exception {
        send(new TestAnswer(user, "s", "m1")
                .chunks("old ", "and ", "gone")
                .complete()
                .deleted());
        send(new TestAnswer(user, "s", "m1")
                .chunks("of a writer that did not know")
                .complete());
        send(new TestAnswer(user, "s", "m1").knowingAll().chunks("new").complete());

        Ran logged = parley("audit", "--all", "--since", "1h", "--json");
        assertThat(mine(logged))
                .allSatisfy(line -> assertThat(line.path("verdict").asString()).isEqualTo("ok"));

        assertThat(parley("rebuild", "--json").code()).isZero();
        assertThat(parley("verify").code()).isZero();
        assertThat(parley("export", "s", "--user", user)
                        .json()
                        .path("message_count")
                        .asInt())
                .isEqualTo(2);
        assertThat(parley("export", "s", "--user", user).out()).contains("new").doesNotContain("gone", "did not know");
        JsonNode audit = parley("audit", "m1", "--user", user, "--json").json();
        assertThat(audit.path("verdict").asString()).isEqualTo("ok");
        assertThat(audit.path("events").asInt()).isEqualTo(3);
        assertThat(audit.path("source").asString()).isEqualTo("archive");
        assertThat(parley("replay", "m1", "--user", user).out().strip()).isEqualTo("new");
    }

    @Test
    void documents_that_only_the_store_has_are_deleted_only_on_request() throws Exception {
        try (var mongo = MongoClients.create(backends.mongoUri())) {
            mongo.getDatabase(database)
                    .getCollection("messages")
                    .insertOne(new Document("_id", id("m9"))
                            .append("status", "complete")
                            .append("partition", 0)
                            .append("last_offset", -1L));
        }
        send(new TestAnswer(user, "s", "m1").complete());

        Ran refused = parley("rebuild");
        assertThat(refused.code()).isEqualTo(Exit.PROBLEM);
        assertThat(refused.out()).contains("not in the log: " + id("m9")).contains("--allow-loss");
        assertThat(parley("rebuild", "--allow-loss").code()).isZero();
        assertThat(parley("verify").code()).isZero();
    }

    @Test
    void a_stream_is_audited_and_replayed() throws Exception {
        TestAnswer answer = new TestAnswer(user, "s", "m1")
                .chunks("A log ", "is a \u001b[31mlist.")
                .complete();
        send(answer);
        parley("rebuild", "--json");

        Ran audit = parley("audit", "m1", "--user", user, "--json");
        assertThat(audit.code()).isZero();
        assertThat(audit.json().path("verdict").asString()).isEqualTo("ok");
        assertThat(audit.json().path("source").asString()).isEqualTo("archive");
        assertThat(audit.json().path("asked_by").path("gateway_id").asString()).isEqualTo("gateway-7");
        assertThat(parley("audit", "m1", "--user", user).out())
                .contains(": ok, from archive", "w1 wrote from seq 0 on", "asked by " + user);

        assertThat(parley("replay", "m1", "--user", user).out().strip()).isEqualTo("A log is a \uFFFD[31mlist.");
        assertThat(parley("replay", "m1", "--user", user, "--json", "--speed", "10")
                        .out()
                        .lines())
                .containsExactlyElementsOf(answer.frames);
        assertThat(parley("replay", "m1", "--user", user, "--speed", "0").code())
                .isEqualTo(Exit.USAGE);
        assertThat(parley("replay", "m2", "--user", user).code()).isEqualTo(Exit.NOT_FOUND);
        assertThat(parley("audit", "m1", "--user", "somebody").code()).isEqualTo(Exit.NOT_FOUND);
        assertThat(parley("audit", "m1").code()).isEqualTo(Exit.USAGE);
        assertThat(parley("audit").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void of_all_streams_those_with_violations_are_named() throws Exception {
        send(new TestAnswer(user, "s", "right").chunks("a").complete());
        send(new TestAnswer(user, "s", "open").chunks("a"));
        send(new TestAnswer(user, "s", "gap").chunks("a").lost().chunks("c").complete());

        Ran all = parley("audit", "--all", "--since", "1h", "--json");

        assertThat(all.code()).isEqualTo(Exit.PROBLEM);
        List<JsonNode> lines = all.out().lines().map(JSON::readTree).toList();
        assertThat(lines)
                .filteredOn(line -> line.path("user_id").asString("").equals(user))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.path("message_id").asString()).isEqualTo("gap");
                    assertThat(line.toString()).contains("\"name\":\"seq_gapless\",\"ok\":false");
                });
        assertThat(lines.getLast().path("streams").asInt()).isGreaterThanOrEqualTo(3);
        assertThat(lines.getLast().path("incomplete").asInt()).isPositive();
        assertThat(parley("audit", "--all", "--since", "yesterday").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void of_all_streams_silent_ones_and_those_with_dropped_records_are_named() throws Exception {
        Instant before = Instant.now().minus(Duration.ofMinutes(10)).truncatedTo(ChronoUnit.MILLIS);
        withWritersTimes(() -> send(new TestAnswer(user, "s", "left", before).chunks("a")));
        send(new TestAnswer(user, "s", "open").chunks("a"));
        send(new TestAnswer(user, "s", "taken")
                .chunks("a")
                .takenOver()
                .chunks("b")
                .complete());

        Ran all = parley("audit", "--all", "--since", "1h", "--json");

        assertThat(all.code()).isEqualTo(Exit.PROBLEM);
        assertThat(mine(all))
                .extracting(line -> line.path("message_id").asString())
                .containsExactlyInAnyOrder("left", "taken");
        assertThat(mine(all))
                .filteredOn(line -> line.path("message_id").asString().equals("left"))
                .extracting(line -> line.path("silent_since").asString(""))
                .containsExactly(before.toString());
        assertThat(mine(all))
                .filteredOn(line -> line.path("message_id").asString().equals("taken"))
                .extracting(line -> line.path("dropped").toString())
                .containsExactly("[{\"reason\":\"stale_claim\",\"count\":1}]");
        assertThat(summary(all).path("silent").asInt()).isPositive();
        assertThat(summary(all).path("with_dropped").asInt()).isPositive();
        assertThat(mine(parley("audit", "--all", "--since", "1h", "--silent-after", "11m", "--json")))
                .extracting(line -> line.path("message_id").asString())
                .containsExactly("taken");
        assertThat(parley("audit", "--all", "--since", "1h").out())
                .contains(
                        user + "/left (session s): incomplete",
                        "SILENT since " + before,
                        user + "/taken (session s): dropped 1 stale_claim");
    }

    @Test
    void what_kafka_has_deleted_is_audited_from_the_archive_byte_for_byte() throws Exception {
        forgetEvents();
        withWritersTimes(this::sendOlderThanAnHour);
        for (String id : List.of("right", "forged", "damaged")) {
            send(new TestAnswer(user, "s", id).chunks("A log is a list.").complete());
        }
        parley("rebuild", "--json");
        try (var mongo = MongoClients.create(backends.mongoUri())) {
            var archive = mongo.getDatabase(database).getCollection("stream_archive");
            Document forged = archive.find(new Document("_id", id("forged#0"))).first();
            archive.updateOne(
                    new Document("_id", id("forged#0")),
                    new Document("$set", new Document("data", forged(forged.get("data", Binary.class)))));
            archive.updateOne(
                    new Document("_id", id("damaged#0")),
                    new Document("$set", new Document("data", new Binary(new byte[] {1, 2, 3}))));
        }
        assertThat(summary(parley("audit", "--all", "--since", "1h", "--json")).has("kafka_since"))
                .isFalse();
        forgetEvents();

        Ran all = parley("audit", "--all", "--since", "1h", "--json");

        assertThat(all.code()).isEqualTo(Exit.PROBLEM);
        assertThat(mine(all)).hasSize(2).allSatisfy(line -> {
            assertThat(line.path("source").asString()).isEqualTo("archive");
            assertThat(line.path("verdict").asString()).isEqualTo("violations");
        });
        assertThat(mine(all).toString())
                .contains("\"name\":\"archive_readable\",\"ok\":false", "\"name\":\"digest\",\"ok\":false");
        assertThat(summary(all).path("from_archive").asInt()).isGreaterThanOrEqualTo(3);
        assertThat(summary(all).path("ok").asInt()).isPositive();
        assertThat(summary(all).path("kafka_since").asString("")).isNotEmpty();
        assertThat(parley("audit", "--all", "--since", "1h").out())
                .contains("Kafka has not all from before", "streams were read from the archive");
    }

    @Test
    void a_conversation_is_exported_to_a_file(@TempDir Path folder) throws Exception {
        send(new TestAnswer(user, "s", "m1").chunks("A log ", "is a list.").complete());
        parley("rebuild", "--json");
        Path file = folder.resolve("s.md");

        Ran exported = parley("export", "s", "--user", user, "--format", "markdown", "--output", file.toString());

        assertThat(exported.code()).isZero();
        assertThat(Files.readString(file)).startsWith("# What is a log?").contains("\nA log is a list.\n");
        assertThat(parley("export", "s", "--user", user)
                        .json()
                        .path("message_count")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void the_log_is_shown_as_it_comes() throws Exception {
        send(new TestAnswer(user, "s", "m1").chunks("one", "two").complete());

        Ran tail = parley("tail", "--from-beginning", "--user", user, "--max", "4", "--json");

        assertThat(tail.code()).isZero();
        assertThat(tail.out()
                        .lines()
                        .map(JSON::readTree)
                        .map(line -> line.path("headers").path("ce_id").asString()))
                .containsExactly("m1/0", "m1/1", "m1/2", "m1/3");
        assertThat(parley("tail", "--from-beginning", "--commands", "--stream", "m1", "--user", user, "--max", "1")
                        .out())
                .contains("chat_stream");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "export s --user=",
                "export s/../t --user=u",
                "audit --all --since 99999999999999999999d",
                "audit --all --silent-after never",
                "verify --longest-stream 0s",
                "export s --user u --mongo-uri nonsense"
            })
    void an_invalid_argument_gives_an_error_message(String line) {
        Ran ran = run(line.split(" "));

        assertThat(ran.code()).isEqualTo(Exit.USAGE);
        assertThat(ran.err()).isNotBlank().doesNotContain("\tat ");
    }

    @Test
    void an_export_that_cannot_be_written_gives_an_error_message(@TempDir Path folder) throws Exception {
        send(new TestAnswer(user, "s", "m1").complete());
        parley("rebuild", "--json");
        String file = folder.resolve("missing").resolve("s.json").toString();

        Ran ran = parley("export", "s", "--user", user, "--output", file);

        assertThat(ran.code()).isEqualTo(Exit.USAGE);
        assertThat(ran.err()).contains("Not written", file).doesNotContain("\tat ");
    }

    @Test
    void an_unexpected_error_has_a_message_and_an_exit_code() {
        StringWriter err = new StringWriter();
        CommandLine command = new CommandLine(new ParleyCli()).setErr(new PrintWriter(err));

        int code = ParleyCli.failed(new UncheckedIOException(new IOException("disk")), command, command.parseArgs());

        assertThat(code).isEqualTo(Exit.UNEXPECTED);
        assertThat(err.toString()).contains("disk", ", at dev.parley.cli.CliIT").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999d", "-1000000000-01-01T00:00:00Z", "+1000000000-12-31T23:59:59Z"})
    void a_time_however_long_ago_is_accepted(String since) {
        assertThat(parley("audit", "--all", "--since", since).code()).isIn(Exit.OK, Exit.PROBLEM);
    }

    @Test
    void a_damaged_archive_is_named_and_the_rest_is_rebuilt() throws Exception {
        send(new TestAnswer(user, "s", "m1").chunks("A log.").complete());
        parley("rebuild", "--json");
        try (var mongo = MongoClients.create(backends.mongoUri())) {
            mongo.getDatabase(database)
                    .getCollection("stream_archive")
                    .updateOne(
                            new Document("_id", id("m1#0")),
                            new Document("$set", new Document("data", new Binary(new byte[] {1, 2, 3}))));
        }
        forgetEvents();

        Ran rebuilt = parley("rebuild", "--json");
        assertThat(rebuilt.code()).isEqualTo(Exit.PROBLEM);
        assertThat(rebuilt.json().path("damaged_archives").toString()).isEqualTo("[\"" + id("m1") + "\"]");
        assertThat(rebuilt.json().path("outcome").asString()).startsWith("Rebuilt, but");
        Ran verified = parley("verify");
        assertThat(verified.code()).isEqualTo(Exit.PROBLEM);
        assertThat(verified.out()).contains("the archive of " + id("m1") + " is damaged");
        assertThat(parley("export", "s", "--user", user).out()).contains("A log.");
        Ran replayed = parley("replay", "m1", "--user", user);
        assertThat(replayed.code()).isEqualTo(Exit.PROBLEM);
        assertThat(replayed.err()).contains("Its archive cannot be read");
    }

    @Test
    void a_store_that_does_not_answer_has_an_exit_code() {
        Ran ran = run("export", "s", "--user", "u", "--mongo-uri", "mongodb://127.0.0.1:1/parley");

        assertThat(ran.code()).isEqualTo(Exit.UNREACHABLE);
        assertThat(ran.err())
                .contains("The store does not answer at 127.0.0.1:1 (--mongo-uri)", "--data-dir")
                .hasLineCount(1);
    }

    // ---

    private record Ran(int code, String out, String err) {
        JsonNode json() {
            return JSON.readTree(out);
        }
    }

    private Ran parley(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--bootstrap-servers");
        all.add(backends.bootstrapServers());
        all.add("--mongo-uri");
        all.add(backends.mongoUri() + "/" + database);
        return run(all.toArray(String[]::new));
    }

    /** The lines of an audit of all streams that are about streams of this test. */
    private List<JsonNode> mine(Ran ran) {
        return ran.out()
                .lines()
                .map(JSON::readTree)
                .filter(line -> line.path("user_id").asString("").equals(user))
                .toList();
    }

    private static JsonNode summary(Ran ran) {
        return JSON.readTree(ran.out().lines().reduce("", (_, line) -> line));
    }

    /** The archive of a stream with a letter changed. */
    private Binary forged(Binary part) {
        StreamId stream = StreamId.of(user, "forged");
        ArchiveWriter writer = new ArchiveWriter(stream);
        for (RawRecord record : ArchiveReader.read(stream, List.of(part.getData()))) {
            String value = new String(record.value(), StandardCharsets.UTF_8).replace("A log", "A dog");
            writer.add(
                    new RawRecord(
                            record.offset(),
                            record.timeMs(),
                            record.key(),
                            record.headers(),
                            value.getBytes(StandardCharsets.UTF_8)),
                    true);
        }
        return new Binary(writer.parts().getFirst());
    }

    /** Deletes records, as retention does. */
    private void forgetEvents() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", backends.bootstrapServers()))) {
            Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
            for (int partition = 0; partition < TestAnswer.PARTITIONS; partition++) {
                all.put(new TopicPartition(Topics.EVENTS, partition), RecordsToDelete.beforeOffset(-1));
            }
            admin.deleteRecords(all).all().get();
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Lets records have the times that the test gives them, as on topics of an older version. */
    private void withWritersTimes(Work work) throws Exception {
        stampedBy("CreateTime");
        try {
            work.run();
        } finally {
            stampedBy("LogAppendTime");
        }
    }

    private void stampedBy(String clock) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.EVENTS);
        var entry = new ConfigEntry("message.timestamp.type", clock);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", backends.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!admin.describeConfigs(List.of(topic)).all().get().values().stream()
                    .allMatch(config ->
                            clock.equals(config.get("message.timestamp.type").value()))) {
                assertThat(System.nanoTime()).as("the broker took the setting").isLessThan(deadline);
            }
        }
    }

    private static Ran run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = ParleyCli.run(new PrintWriter(out), new PrintWriter(err), args);
        return new Ran(code, out.toString(), err.toString());
    }

    /** Sends an old record to each partition, so that an empty log goes back further than an hour. */
    private void sendOlderThanAnHour() throws Exception {
        long before = Instant.now().minus(Duration.ofHours(2)).toEpochMilli();
        List<ProducerRecord<String, byte[]>> old = new ArrayList<>();
        for (int partition = 0; partition < TestAnswer.PARTITIONS; partition++) {
            old.add(new ProducerRecord<>(Topics.EVENTS, partition, before, "nobody/s", new byte[0]));
        }
        send(old);
    }

    private void send(TestAnswer answer) throws Exception {
        send(answer.records);
    }

    private void send(List<ProducerRecord<String, byte[]>> records) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", backends.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent =
                    records.stream().map(producer::send).toList();
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    private String id(String message) {
        return user.replace("%", "%25").replace("/", "%2F") + "/" + message;
    }
}
