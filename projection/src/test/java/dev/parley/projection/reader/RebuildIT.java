package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.projection.rebuild.Rebuild;
import dev.parley.projection.turn.Chaos;
import dev.parley.projection.turn.TestLog;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Claim;
import dev.parley.store.testing.InMemoryTurnStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.bson.Document;
import org.bson.types.Binary;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rebuilt documents are the fold of the log, while a projection goes on. */
@WithBackends
class RebuildIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final String SUFFIX = "_rebuild";

    private static Backends backends;
    private static KafkaProducer<String, byte[]> producer;
    private static final SentOffsets OFFSETS = new SentOffsets();

    private final WholeLog log = WholeLog.begin(Backends.shared().bootstrapServers());
    private final String users = Backends.unique("u");

    @BeforeAll
    static void connect(Backends running) throws Exception {
        backends = running;
        try (var _ = Service.start(running.bootstrapServers(), Backends.unique("setup"), new InMemoryTurnStore())) {
            producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", running.bootstrapServers(), "acks", "all", "linger.ms", 5),
                    new StringSerializer(),
                    new ByteArraySerializer());
            producer.partitionsFor(Topics.EVENTS);
        }
    }

    @AfterAll
    static void disconnect() {
        producer.close();
    }

    @Test
    void a_database_that_was_dropped_while_streams_ran_is_the_fold_of_the_log_again() throws Exception {
        sendChaos("a", 150, true);
        try (var database = new Database(backends.mongoUri(), Backends.unique("rebuild"))) {
            WatchedStore store = database.store();
            try (var _ = Service.start(backends.bootstrapServers(), log.newGroup(), store)) {
                awaitFold(database, store, log.fold());
                List<List<ProducerRecord<String, byte[]>>> more = halves(chaos("b", 150, true));
                List<List<ProducerRecord<String, byte[]>>> before = halves(more.get(0));
                send(before.get(0));
                database.drop();
                int done = store.done();
                send(before.get(1));
                store.await(SOON, "the projection goes on", () -> store.done() > done);

                try (var consumer = consumer();
                        var rebuild = new Rebuild(database.connection(), consumer, LONGEST, SUFFIX)) {
                    Rebuild.Result result = rebuild.run((read, all) -> {});
                    assertThat(result.isEqual()).isFalse();
                    send(more.get(1));
                    assertThat(rebuild.repair(false)).isTrue();
                }
                sendChaos("c", 100, true);
                awaitFold(database, store, log.fold());
            }
            try (var consumer = consumer();
                    var again = new Rebuild(database.connection(), consumer, LONGEST, "_verify")) {
                Rebuild.Result result = again.run((read, all) -> {});
                assertThat(result.comparisons()).allSatisfy(comparison -> {
                    assertThat(comparison.different()).isEmpty();
                    assertThat(comparison.missing()).isEmpty();
                    assertThat(comparison.unknown()).isEmpty();
                    assertThat(comparison.same()).isPositive();
                });
            }
            assertThat(database.mongo().listCollectionNames())
                    .containsExactlyInAnyOrder("messages", "conversations", "stream_archive");
        }
    }

    @Test
    void repeated_repairs_under_load_lose_nothing() throws Exception {
        try (var database = new Database(backends.mongoUri(), Backends.unique("rebuild"))) {
            WatchedStore store = database.store();
            try (var _ = Service.start(backends.bootstrapServers(), log.newGroup(), store)) {
                for (int round = 0; round < 4; round++) {
                    if (round == 1) {
                        database.drop();
                    }
                    List<List<ProducerRecord<String, byte[]>>> load = halves(chaos("r" + round, 120, true));
                    send(load.get(0));
                    try (var consumer = consumer();
                            var rebuild = new Rebuild(database.connection(), consumer, LONGEST, SUFFIX)) {
                        rebuild.run((read, all) -> {});
                        try (var sender = Executors.newVirtualThreadPerTaskExecutor()) {
                            Future<?> sent = sender.submit(() -> {
                                send(load.get(1));
                                return null;
                            });
                            rebuild.repair(false);
                            sent.get();
                        }
                    }
                }
                awaitFold(database, store, log.fold());
            }
        }
    }

    @Test
    void what_kafka_has_deleted_comes_from_the_archive() throws Exception {
        sendChaos("a", 250, true);
        try (var database = new Database(backends.mongoUri(), Backends.unique("rebuild"))) {
            WatchedStore store = database.store();
            InMemoryTurnStore whole;
            try (var _ = Service.start(backends.bootstrapServers(), log.newGroup(), store)) {
                List<List<ProducerRecord<String, byte[]>>> more = halves(chaos("b", 150, true));
                send(more.get(0));
                Map<TopicPartition, Long> cut = ends();
                send(more.get(1));
                whole = log.fold();
                awaitFold(database, store, whole);
                deleteRecordsBefore(cut);
            }
            try (var consumer = consumer();
                    var rebuild = new Rebuild(database.connection(), consumer, LONGEST, SUFFIX)) {
                Rebuild.Result result = rebuild.run((read, all) -> {});
                assertThat(result.archived()).isPositive();
                assertThat(result.records()).isPositive();
                assertThat(result.comparisons()).allSatisfy(comparison -> {
                    assertThat(comparison.missing()).isEmpty();
                    assertThat(comparison.different()).isEmpty();
                    assertThat(comparison.unknown()).isEmpty();
                });
                assertThat(rebuild.repair(false)).isTrue();
            }
            awaitFold(database, store, whole);
        }
    }

    @Test
    void a_damaged_archive_is_named_and_its_documents_stay_while_all_others_are_replaced() throws Exception {
        SessionKey session = SessionKey.of(users + "ann", "s");
        SessionKey other = SessionKey.of(users + "bob", "s");
        send(finished(session, "lost", 3).toSend(partition(session)));
        send(finished(session, "forged", 3).toSend(partition(session)));
        send(finished(other, "good", 3).toSend(partition(other)));
        try (var database = new Database(backends.mongoUri(), Backends.unique("damaged"))) {
            WatchedStore store = database.store();
            try (var _ = Service.start(backends.bootstrapServers(), log.newGroup(), store)) {
                awaitFold(database, store, log.fold());
            }
            deleteRecordsBefore(ends());
            var archive = database.mongo().getCollection("stream_archive");
            var messages = database.mongo().getCollection("messages");
            String ann = users + "ann/";
            archive.updateOne(
                    new Document("_id", ann + "lost#0"),
                    new Document("$set", new Document("data", new Binary(new byte[] {1, 2, 3}))));
            archive.updateOne(
                    new Document("_id", ann + "forged#0"),
                    new Document("$set", new Document("digest", "of something else")));
            messages.deleteOne(new Document("_id", users + "bob/good"));
            Map<String, Document> before = database.messages(users + "ann");
            Map<String, Document> conversations = database.conversations(users + "ann");

            try (var consumer = consumer();
                    var rebuild = new Rebuild(database.connection(), consumer, LONGEST, SUFFIX)) {
                Rebuild.Result result = rebuild.run((read, all) -> {});
                assertThat(result.damaged()).containsExactlyInAnyOrder(ann + "lost", ann + "forged");
                assertThat(result.isEqual()).isFalse();
                assertThat(result.losesSomething()).isFalse();
                assertThat(rebuild.repair(true)).isTrue();
            }
            assertThat(database.messages(users + "ann")).hasSize(2).isEqualTo(before);
            assertThat(database.conversations(users + "ann")).isEqualTo(conversations);
            assertThat(database.messages(users + "bob")).containsOnlyKeys(users + "bob/good");
            assertThat(database.archive(users)).containsKey(ann + "lost#0");
        }
    }

    @Test
    void an_archive_that_the_log_does_not_make_of_a_known_turn_is_deleted_and_one_of_an_unknown_turn_stays()
            throws Exception {
        SessionKey session = SessionKey.of(users + "ann", "s");
        send(finished(session, "m1", 3).toSend(partition(session)));
        try (var database = new Database(backends.mongoUri(), Backends.unique("archive"))) {
            WatchedStore store = database.store();
            try (var _ = Service.start(backends.bootstrapServers(), log.newGroup(), store)) {
                awaitFold(database, store, log.fold());
            }
            Map<String, Document> right = database.archive(users);
            var archive = database.mongo().getCollection("stream_archive");
            String id = users + "ann/";
            for (String wrong : List.of("m1#late", "m1#1", "m2#late")) {
                archive.insertOne(new Document("_id", id + wrong).append("last_offset", 0L));
            }
            try (var consumer = consumer();
                    var rebuild = new Rebuild(database.connection(), consumer, LONGEST, SUFFIX)) {
                assertThat(rebuild.run((read, all) -> {}).comparisons())
                        .filteredOn(comparison -> comparison.collection().equals("stream_archive"))
                        .singleElement()
                        .satisfies(comparison -> {
                            assertThat(comparison.different()).containsExactlyInAnyOrder(id + "m1#late", id + "m1#1");
                            assertThat(comparison.unknown()).containsExactly(id + "m2#late");
                        });
                assertThat(rebuild.repair(false)).isTrue();
            }
            assertThat(database.archive(users))
                    .containsAllEntriesOf(right)
                    .containsKey(id + "m2#late")
                    .hasSize(2);
        }
    }

    @Test
    void a_changed_a_lost_and_an_unknown_document_are_named() throws Exception {
        SessionKey session = SessionKey.of(users + "ann", "s");
        for (String message : List.of("m1", "m2")) {
            send(finished(session, message, 3).toSend(partition(session)));
        }
        try (var database = new Database(backends.mongoUri(), Backends.unique("verify"))) {
            WatchedStore store = database.store();
            try (var _ = Service.start(backends.bootstrapServers(), log.newGroup(), store)) {
                awaitFold(database, store, log.fold());
            }
            var messages = database.mongo().getCollection("messages");
            String id = users + "ann/";
            messages.updateOne(new Document("_id", id + "m1"), new Document("$set", new Document("content", "forged")));
            messages.deleteOne(new Document("_id", id + "m2"));
            messages.insertOne(
                    new Document("_id", id + "m3").append("status", "complete").append("last_offset", 0L));
            try (var consumer = consumer();
                    var verify = new Rebuild(database.connection(), consumer, LONGEST, "_verify")) {
                Rebuild.Result result = verify.run((read, all) -> {});
                assertThat(result.losesSomething()).isTrue();
                assertThat(result.comparisons())
                        .filteredOn(comparison -> comparison.collection().equals("messages"))
                        .singleElement()
                        .satisfies(comparison -> {
                            assertThat(comparison.different()).containsExactly(id + "m1");
                            assertThat(comparison.missing()).contains(id + "m2");
                            assertThat(comparison.unknown()).containsExactly(id + "m3");
                        });
            }
        }
    }

    @Test
    void the_speed_of_a_rebuild_beside_that_of_reading() throws Exception {
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        for (int stream = 0; stream < 30; stream++) {
            SessionKey session = SessionKey.of(users + stream, "s");
            records.addAll(finished(session, "m", 1_000).toSend(partition(session)));
        }
        send(records);
        long begin = System.nanoTime();
        long read = WholeLog.all(backends.bootstrapServers(), Topics.EVENTS).size();
        double rawSeconds = (System.nanoTime() - begin) / 1e9;
        try (var database = new Database(backends.mongoUri(), Backends.unique("speed"));
                var consumer = consumer();
                var rebuild = new Rebuild(database.connection(), consumer, LONGEST, SUFFIX)) {
            Rebuild.Result result = rebuild.run((done, all) -> {});
            double seconds = result.nanos() / 1e9;
            System.out.printf(
                    "FIGURES rebuild: %d events, %.0f/s; the topic alone is read at %.0f/s%n",
                    result.records(), result.records() / seconds, read / rawSeconds);
            assertThat(result.records()).isEqualTo(read);
        }
    }

    // ---

    private static TestLog finished(SessionKey session, String message, int chunks) {
        StreamId stream = new StreamId(session.user(), StreamId.of("x", message).message());
        Claim claim = new Claim(1, "a");
        TestLog written = new TestLog();
        StringBuilder text = new StringBuilder();
        written.event(session, claim, TestLog.start(session, stream, "hi", written.now()));
        for (int seq = 1; seq <= chunks; seq++) {
            String piece = "word" + seq % 97 + " ";
            text.append(piece);
            written.event(session, claim, new ContentChunk(stream.message(), seq, piece, false, null));
        }
        return written.stopped(session, claim, stream, chunks + 1, text.toString());
    }

    private static int partition(SessionKey session) {
        return dev.parley.schema.kafka.RecordKey.partition(session.user(), Service.PARTITIONS);
    }

    /** The records of each user in the partition of the user. */
    private List<ProducerRecord<String, byte[]>> chaos(String name, int steps, boolean ended) {
        List<ProducerRecord<String, byte[]>> all = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            String log = users + name + n;
            Chaos chaos = Chaos.of(new Random(31L * n + name.hashCode()), steps, ended, log);
            int index = 0;
            for (ProducerRecord<String, byte[]> record : chaos.log().toSend(0)) {
                SessionKey session = dev.parley.schema.kafka.RecordKey.parse(record.key());
                ProducerRecord<String, byte[]> sent = new ProducerRecord<>(
                        record.topic(),
                        partition(session),
                        record.timestamp(),
                        record.key(),
                        record.value(),
                        record.headers());
                SentOffsets.plan(sent, log, index++);
                all.add(sent);
            }
        }
        return all;
    }

    private void sendChaos(String name, int steps, boolean ended) throws Exception {
        send(chaos(name, steps, ended));
    }

    private static List<List<ProducerRecord<String, byte[]>>> halves(List<ProducerRecord<String, byte[]>> all) {
        int half = all.size() / 2;
        return List.of(all.subList(0, half), all.subList(half, all.size()));
    }

    private static void send(List<ProducerRecord<String, byte[]>> records) throws Exception {
        OFFSETS.send(producer, records, ends());
    }

    private static KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", backends.bootstrapServers(), "fetch.max.wait.ms", 20),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    private static Map<TopicPartition, Long> ends() {
        try (var consumer = consumer()) {
            return new HashMap<>(consumer.endOffsets(consumer.partitionsFor(Topics.EVENTS).stream()
                    .map(info -> new TopicPartition(Topics.EVENTS, info.partition()))
                    .toList()));
        }
    }

    private static void deleteRecordsBefore(Map<TopicPartition, Long> cut) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", backends.bootstrapServers()))) {
            Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
            cut.forEach((partition, offset) -> deletions.put(partition, RecordsToDelete.beforeOffset(offset)));
            admin.deleteRecords(deletions).all().get(30, TimeUnit.SECONDS);
        }
    }

    private void awaitFold(Database database, WatchedStore store, InMemoryTurnStore whole) throws InterruptedException {
        Map<String, Document> messages = Database.of(users, whole.messages());
        Map<String, Document> conversations = Database.of(users, whole.conversations());
        Map<String, Document> archive = Database.of(users, whole.archive());
        try {
            store.await(
                    SOON,
                    "documents are the fold of the log",
                    () -> database.messages(users).equals(messages)
                            && database.conversations(users).equals(conversations)
                            && database.archive(users).equals(archive));
        } catch (AssertionError late) {
            assertThat(database.messages(users)).isEqualTo(messages);
            assertThat(database.conversations(users)).isEqualTo(conversations);
            assertThat(database.archive(users)).isEqualTo(archive);
            throw late;
        }
    }
}
