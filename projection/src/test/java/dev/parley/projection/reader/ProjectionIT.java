package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.EmbeddedStore;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.projection.turn.Chaos;
import dev.parley.projection.turn.TestLog;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.kafka.TopicSetup;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Claim;
import dev.parley.store.testing.InMemoryTurnStore;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.write.TurnStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.kafka.support.KafkaHeaders;

/** The projection on a real broker and store: in every case, every document is the fold of the log in the end. */
@WithBackends
class ProjectionIT {

    private static final int DEATHS = 15;
    private static final Duration SOON = Duration.ofSeconds(60);

    private static Backends backends;
    private static KafkaProducer<String, byte[]> producer;
    private static final SentOffsets OFFSETS = new SentOffsets();

    private final WholeLog log = WholeLog.begin(Backends.shared().bootstrapServers());

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
    void documents_are_the_fold_of_the_log_with_zombies_takeovers_duplicates_and_deletions_in_it() throws Exception {
        String users = Backends.unique("u");
        List<Chaos> written = sendChaos(users, 200, 1);
        try (var database = database()) {
            WatchedStore store = database.store();
            try (var service = Service.start(backends.bootstrapServers(), log.newGroup(), store)) {
                awaitFold(database, store, users);
                assertThat(service.meters
                                .find("parley.projection.records.dropped")
                                .counters())
                        .anySatisfy(counter -> assertThat(counter.count()).isPositive());
            }
            assertThat(database.messages(users))
                    .hasSize(written.stream()
                            .mapToInt(chaos -> chaos.expected().size())
                            .sum());
        }
    }

    @Test
    void a_reader_that_is_restarted_again_and_again_ends_with_the_same_documents() throws Exception {
        String users = Backends.unique("u");
        String group = log.newGroup();
        sendChaos(users, 250, 2);
        try (var database = database()) {
            for (int run = 0; run < 4; run++) {
                WatchedStore store = database.store();
                try (var _ = Service.start(backends.bootstrapServers(), group, store)) {
                    store.await(SOON, "a few writes", () -> store.done() >= 4);
                }
            }
            WatchedStore store = database.store();
            try (var _ = Service.start(backends.bootstrapServers(), group, store)) {
                awaitFold(database, store, users);
            }
        }
    }

    @Test
    void a_reader_that_dies_between_write_and_commit_again_and_again_ends_with_the_same_documents() throws Exception {
        String users = Backends.unique("u");
        sendChaos(users, 200, 3);
        try (var database = database()) {
            DyingStore dying = new DyingStore(database.turns(), DEATHS);
            WatchedStore store = new WatchedStore(dying);
            try (var _ = Service.start(backends.bootstrapServers(), log.newGroup(), store)) {
                awaitFold(database, store, users);
            }
            assertThat(dying.deaths).isEqualTo(DEATHS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"consumer", "classic"})
    void readers_that_come_and_go_under_load_leave_documents_that_are_the_fold_of_the_log(String protocol)
            throws Exception {
        String users = Backends.unique("u");
        String group = log.newGroup();
        try (var database = database()) {
            WatchedStore first = database.store();
            WatchedStore second = database.store();
            WatchedStore third = database.store();
            var one = Service.start(backends.bootstrapServers(), group, protocol, first);
            sendChaos(users + "a", 200, 4);
            first.await(SOON, "the first reads", () -> first.done() > 3);
            try (var _ = Service.start(backends.bootstrapServers(), group, protocol, second)) {
                sendUntilBusy(second, users);
                one.close();
                sendChaos(users + "b", 200, 5);
                try (var _ = Service.start(backends.bootstrapServers(), group, protocol, third)) {
                    sendUntilBusy(third, users);
                    sendChaos(users + "c", 200, 6);
                    awaitFold(database, third, users);
                }
            } finally {
                one.close();
            }
        }
    }

    @Test
    void a_store_that_is_unavailable_is_waited_for_and_nothing_is_lost(@TempDir Path folder) throws Exception {
        String users = Backends.unique("u");
        EmbeddedStore server = EmbeddedStore.start(folder);
        try (var database = new Database(server.mongoUri(), "parley")) {
            WatchedStore store = database.store();
            try (var service = Service.start(backends.bootstrapServers(), log.newGroup(), store)) {
                sendChaos(users, 100, 7);
                awaitFold(database, store, users);

                server.close();
                sendChaos(users, 100, 8);
                int failed = store.failed();
                store.await(SOON, "failed writes", () -> store.failed() > failed + 2);
                assertThat(service.projection.status()).isEqualTo(Projection.Status.HOLDING);
                sendChaos(users, 100, 9);

                server = EmbeddedStore.start(folder);
                awaitFold(database, store, users);
            }
        } finally {
            server.close();
        }
    }

    @Test
    void unreadable_records_go_to_the_dead_letters_once_and_the_reader_continues() throws Exception {
        String users = Backends.unique("u");
        String group = log.newGroup();
        SessionKey session = SessionKey.of(users + "ann", "s");
        StreamId stream = StreamId.of(users + "ann", "m1");
        Claim claim = new Claim(1, "a");
        String key = RecordKey.of(session);
        TestLog broken = new TestLog();
        broken.event(session, claim, TestLog.start(session, stream, "hello", broken.now()));
        broken.event(session, claim, new ContentChunk(stream.message(), 1, "one ", false, null));
        broken.event(session, claim, new ContentChunk(stream.message(), 2, "bad", false, null));
        broken.garbleLast(new byte[] {'{', (byte) 0xff});
        broken.event(session, claim, new ContentChunk(stream.message(), 3, "three", false, null));
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>(broken.toSend(1));
        records.add(1, new ProducerRecord<>(Topics.EVENTS, 1, key, null));
        records.add(2, new ProducerRecord<>(Topics.EVENTS, 1, key, "no headers".getBytes(StandardCharsets.UTF_8)));
        var foreign = new RecordHeaders(records.getFirst().headers().toArray());
        foreign.remove("ce_type").add("ce_type", "dev.parley.content_chunk.v2".getBytes(StandardCharsets.UTF_8));
        records.add(3, new ProducerRecord<>(Topics.EVENTS, 1, null, key, new byte[] {1}, foreign));
        send(records);

        try (var database = database()) {
            for (int run = 0; run < 2; run++) {
                WatchedStore store = database.store();
                try (var _ = Service.start(backends.bootstrapServers(), group, store)) {
                    store.await(SOON, "a write", () -> store.done() > 0);
                    awaitFold(database, store, users);
                }
            }

            Document turn = database.messages(users).getOrDefault(users + "ann/m1", new Document());
            assertThat(turn).containsEntry("content", "one three").containsEntry("degraded", true);
        }
        List<ConsumerRecord<String, byte[]>> dead =
                WholeLog.all(backends.bootstrapServers(), Topics.EVENTS_DLT).stream()
                        .filter(record -> key.equals(record.key()))
                        .toList();
        assertThat(dead).hasSize(4);
        assertThat(dead)
                .extracting(record -> header(record, KafkaHeaders.DLT_EXCEPTION_MESSAGE))
                .contains("no key or no value", "no ce_type or no ce_id", "unknown version or foreign type");
        assertThat(dead).allSatisfy(record -> {
            assertThat(header(record, KafkaHeaders.DLT_ORIGINAL_TOPIC)).isEqualTo(Topics.EVENTS);
            assertThat(record.headers()
                            .lastHeader(KafkaHeaders.DLT_ORIGINAL_PARTITION)
                            .value())
                    .isEqualTo(new byte[] {0, 0, 0, 1});
        });
        assertThat(dead)
                .filteredOn(record -> header(record, "ce_id").equals("m1/2"))
                .singleElement()
                .extracting(ConsumerRecord::value)
                .isEqualTo(new byte[] {'{', (byte) 0xff});
    }

    @Test
    void a_dead_letter_that_is_too_large_is_sent_without_its_value_and_the_reader_continues() throws Exception {
        String users = Backends.unique("u");
        SessionKey session = SessionKey.of(users + "ann", "s");
        StreamId stream = StreamId.of(users + "ann", "m1");
        Claim claim = new Claim(1, "a");
        String key = RecordKey.of(session);
        Map<String, Object> compressing = Map.of(
                "bootstrap.servers",
                backends.bootstrapServers(),
                "compression.type",
                "gzip",
                "max.request.size",
                8_000_000);
        try (var producer = new KafkaProducer<>(compressing, new StringSerializer(), new ByteArraySerializer())) {
            int tooLargeForTheProducer = 3_000_000;
            int tooLargeForTheBroker = TopicSetup.MAX_MESSAGE_BYTES + 1;
            producer.send(new ProducerRecord<>(Topics.EVENTS, 1, key, new byte[tooLargeForTheProducer]))
                    .get();
            producer.send(new ProducerRecord<>(Topics.EVENTS, 1, key, new byte[tooLargeForTheBroker]))
                    .get();
        }
        TestLog next = new TestLog();
        next.event(session, claim, TestLog.start(session, stream, "hello", next.now()));
        next.event(session, claim, new ContentChunk(stream.message(), 1, "one", false, null));
        send(next.toSend(1));

        try (var database = database()) {
            WatchedStore store = database.store();
            try (var _ = Service.start(backends.bootstrapServers(), log.newGroup(), store)) {
                awaitFold(database, store, users);
            }
        }
        assertThat(WholeLog.all(backends.bootstrapServers(), Topics.EVENTS_DLT).stream()
                        .filter(record -> key.equals(record.key())))
                .hasSize(2)
                .allSatisfy(record -> {
                    assertThat(record.value()).isNull();
                    assertThat(header(record, KafkaHeaders.DLT_EXCEPTION_MESSAGE))
                            .isEqualTo("no ce_type or no ce_id; its value is too large to be kept");
                });
    }

    @Test
    void a_stream_that_can_never_be_written_does_not_delay_others() throws Exception {
        String users = Backends.unique("u");
        StreamId bad = StreamId.of(users + "-bad", "m1");
        StreamId good = StreamId.of(users + "ann", "m1");
        Claim claim = new Claim(1, "a");
        TestLog both = new TestLog();
        for (StreamId stream : List.of(bad, good)) {
            SessionKey session = new SessionKey(stream.user(), new SessionId("s"));
            both.event(session, claim, TestLog.start(session, stream, "hello", both.now()));
            both.event(session, claim, new ContentChunk(stream.message(), 1, "one", false, null));
        }
        send(both.toSend(1));

        try (var database = database()) {
            WatchedStore store = new WatchedStore(
                    new FailingStreamStore(database.turns(), bad, () -> new IllegalArgumentException("never")));
            try (var service = Service.start(backends.bootstrapServers(), log.newGroup(), store)) {
                awaitFold(database, store, users + "ann");
                assertThat(service.count("parley.projection.writes.passed.over"))
                        .isPositive();
            }
            assertThat(database.messages(users + "-bad")).isEmpty();
        }
    }

    // ---

    private static Database database() {
        return new Database(backends.mongoUri(), Backends.unique("projection"));
    }

    /** Sends a generated log to each partition. */
    private static List<Chaos> sendChaos(String users, int steps, long seed) throws Exception {
        List<Chaos> all = new ArrayList<>();
        List<ProducerRecord<String, byte[]>> mixed = new ArrayList<>();
        for (int partition = 0; partition < Service.PARTITIONS; partition++) {
            Chaos chaos =
                    Chaos.of(new Random(seed * 100 + partition), steps, true, users + "-" + seed + "-" + partition);
            all.add(chaos);
            List<ProducerRecord<String, byte[]>> records = chaos.log().toSend(partition);
            for (int index = 0; index < records.size(); index++) {
                SentOffsets.plan(records.get(index), users + "-" + seed + "-" + partition, index);
            }
            mixed.addAll(records);
        }
        send(mixed);
        return all;
    }

    /** Sends generated logs until a reader has written. */
    private static void sendUntilBusy(WatchedStore store, String users) throws Exception {
        for (int tries = 0; tries < 100; tries++) {
            sendChaos(users + "load", 20, 1000 + tries);
            if (store.reaches(Duration.ofMillis(600), () -> store.done() > 3)) {
                return;
            }
        }
        throw new AssertionError("a reader got nothing to do");
    }

    private static void send(List<ProducerRecord<String, byte[]>> records) throws Exception {
        OFFSETS.send(producer, records, SentOffsets.ends(backends.bootstrapServers()));
    }

    private void awaitFold(Database database, WatchedStore store, String users) throws InterruptedException {
        InMemoryTurnStore whole = log.fold();
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
            assertSame(messages, database.messages(users));
            assertSame(conversations, database.conversations(users));
            assertSame(archive, database.archive(users));
            throw late;
        }
    }

    private static void assertSame(Map<String, Document> expected, Map<String, Document> found) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((id, document) -> assertThat(found.get(id)).isEqualTo(document));
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Dies at random before or after a write. */
    private static final class DyingStore implements TurnStore {

        private final TurnStore store;
        private final int deathsWanted;
        private final Random random = new Random(17);
        int deaths;

        DyingStore(TurnStore store, int deathsWanted) {
            this.store = store;
            this.deathsWanted = deathsWanted;
        }

        @Override
        public void prepare() {
            store.prepare();
        }

        @Override
        public void deleteTurns(List<ConversationStep.Deleted> deletions) {
            mayDie();
            store.deleteTurns(deletions);
            mayDie();
        }

        @Override
        public Set<StreamId> save(List<Draft> drafts) {
            mayDie();
            Set<StreamId> discarded = store.save(drafts);
            mayDie();
            return discarded;
        }

        @Override
        public void apply(List<ConversationStep> steps) {
            store.apply(steps);
            mayDie();
        }

        @Override
        public void archive(List<StreamArchive> ended, List<LateRecord> late) {
            store.archive(ended, late);
            mayDie();
        }

        @Override
        public Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions) {
            return store.deletions(sessions);
        }

        private void mayDie() {
            if (deaths < deathsWanted && random.nextInt(3) == 0) {
                deaths++;
                throw new Death();
            }
        }
    }

    private static final class Death extends Error {
        Death() {
            super("between write and commit");
        }
    }
}
