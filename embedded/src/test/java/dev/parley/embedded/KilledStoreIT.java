package dev.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the store several times while clients write, and checks that every acknowledged write is there. */
class KilledStoreIT {

    private static final int ROUNDS = 3;
    private static final int WRITERS = 4;
    private static final int WRITES_BEFORE_KILL = 200;

    @TempDir
    Path folder;

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

    @BeforeAll
    static void quiet() {
        BackendLogs.quiet();
    }

    @Test
    void every_acknowledged_write_survives_and_no_write_is_incomplete() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            writeUntilKilled(round);
        }
        try (var store = EmbeddedStore.start(folder);
                var client = MongoClients.create(store.mongoUri())) {
            var things = client.getDatabase("db").getCollection("things", Document.class);
            var there = new HashSet<String>();
            things.find().forEach(thing -> there.add(thing.getString("_id")));

            assertThat(there).containsAll(acknowledged);
            assertThat(there).allSatisfy(id -> assertBothIndexesFind(things, id));
            assertThat(prefixes()).allSatisfy(prefix -> writeTheNext(things, prefix, there));
        }
    }

    private void writeUntilKilled(int round) throws Exception {
        try (var store = ChildProcess.start("store", folder)) {
            var enough = new CountDownLatch(WRITES_BEFORE_KILL);
            var writers = IntStream.range(0, WRITERS)
                    .mapToObj(writer -> Thread.startVirtualThread(
                            () -> writeUntilGone(store.address(), prefix(round, writer), enough)))
                    .toList();
            assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
            store.kill();
            for (var writer : writers) {
                writer.join();
            }
        }
    }

    private void writeUntilGone(String address, String prefix, CountDownLatch enough) {
        try (var client = MongoClients.create(address + "/?serverSelectionTimeoutMS=1000")) {
            var things = client.getDatabase("db").getCollection("things", Document.class);
            things.createIndex(Indexes.ascending("name"), new IndexOptions().unique(true));
            for (int i = 0; ; i++) {
                things.insertOne(thing(prefix + i));
                acknowledged.add(prefix + i);
                enough.countDown();
            }
        } catch (MongoException gone) {
            // The test kills the store.
        }
    }

    private static void assertBothIndexesFind(MongoCollection<Document> things, String id) {
        assertThat(things.find(Filters.eq("_id", id)).first()).isNotNull();
        assertThat(things.find(Filters.eq("name", id)).first()).isNotNull();
    }

    /** Repeats the write that may have been running at the kill: its traces do not keep it from succeeding. */
    private static void writeTheNext(MongoCollection<Document> things, String prefix, Set<String> there) {
        int next = 0;
        while (there.contains(prefix + next)) {
            next++;
        }
        things.insertOne(thing(prefix + next));
    }

    private static Document thing(String id) {
        return new Document("_id", id).append("name", id);
    }

    private static List<String> prefixes() {
        return IntStream.range(0, ROUNDS)
                .boxed()
                .flatMap(round -> IntStream.range(0, WRITERS).mapToObj(writer -> prefix(round, writer)))
                .toList();
    }

    private static String prefix(int round, int writer) {
        return "round %d writer %d write ".formatted(round, writer);
    }
}
