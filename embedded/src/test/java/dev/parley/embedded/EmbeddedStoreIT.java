package dev.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Updates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.Binary;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreIT {

    @TempDir
    Path folder;

    @BeforeAll
    static void quiet() {
        BackendLogs.quiet();
    }

    @Test
    void documents_and_the_address_are_the_same_after_a_restart() {
        String address;
        try (var store = EmbeddedStore.start(folder)) {
            address = store.mongoUri();
            try (var client = MongoClients.create(address)) {
                collection(client).createIndex(Indexes.ascending("user"), new IndexOptions().unique(true));
                collection(client)
                        .insertOne(new Document("_id", "a")
                                .append("user", "ada")
                                .append("zstd", new Binary(new byte[] {1, 2})));
                collection(client).updateOne(Filters.eq("_id", "a"), Updates.set("text", "hello"));
            }
        }
        try (var store = EmbeddedStore.start(folder);
                var client = MongoClients.create(store.mongoUri())) {
            assertThat(store.mongoUri()).isEqualTo(address);
            assertThat(collection(client).find())
                    .containsExactly(new Document("_id", "a")
                            .append("user", "ada")
                            .append("zstd", new Binary(new byte[] {1, 2}))
                            .append("text", "hello"));
            assertThatThrownBy(() -> collection(client).insertOne(new Document("_id", "b").append("user", "ada")))
                    .hasMessageContaining("duplicate key");
        }
    }

    /** Kills the store under four writers, several times over, and looks for every write that was acknowledged. */
    @Test
    void every_acknowledged_write_survives_a_killed_process_and_no_write_is_half_there() throws Exception {
        var acknowledged = ConcurrentHashMap.<String>newKeySet();
        for (int round = 0; round < 3; round++) {
            try (var store = ChildProcess.start("store", folder)) {
                var enough = new CountDownLatch(200);
                var writers = new ArrayList<Thread>();
                for (int writer = 0; writer < 4; writer++) {
                    String prefix = "round %d writer %d write ".formatted(round, writer);
                    writers.add(Thread.startVirtualThread(() -> write(store.address(), prefix, acknowledged, enough)));
                }
                assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
                store.kill();
                for (var writer : writers) {
                    writer.join();
                }
            }
        }
        try (var store = EmbeddedStore.start(folder);
                var client = MongoClients.create(store.mongoUri())) {
            Set<String> there = new HashSet<>();
            collection(client).find().forEach(document -> there.add(document.getString("_id")));
            assertThat(there).containsAll(acknowledged);
            for (String id : there) {
                assertThat(collection(client).find(Filters.eq("_id", id)).first())
                        .isNotNull();
                assertThat(collection(client).find(Filters.eq("unique", id)).first())
                        .isNotNull();
            }
            for (int round = 0; round < 3; round++) {
                for (int writer = 0; writer < 4; writer++) {
                    writeTheNext(collection(client), "round %d writer %d write ".formatted(round, writer), there);
                }
            }
        }
    }

    @Test
    void a_folder_has_one_store_and_the_second_is_told_so() throws Exception {
        try (var first = EmbeddedStore.start(folder);
                var client = MongoClients.create(first.mongoUri())) {
            assertThatThrownBy(() -> EmbeddedStore.start(folder))
                    .isInstanceOf(FolderInUseException.class)
                    .hasMessageContaining(folder.toString());
            var second = ChildProcess.spawn("store", folder);
            assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(second.exitValue()).isEqualTo(64);
            collection(client).insertOne(new Document("_id", "still works"));
        }
    }

    @Test
    void a_terminated_process_keeps_all() throws Exception {
        try (var store = ChildProcess.start("store", folder);
                var client = MongoClients.create(store.address())) {
            collection(client)
                    .insertMany(IntStream.range(0, 1000)
                            .mapToObj(i -> new Document("_id", i))
                            .toList());
            store.terminate();
        }
        try (var store = EmbeddedStore.start(folder);
                var client = MongoClients.create(store.mongoUri())) {
            assertThat(collection(client).countDocuments()).isEqualTo(1000);
        }
    }

    /** Until the store is gone. */
    private static void write(String address, String prefix, Set<String> acknowledged, CountDownLatch enough) {
        try (var client = MongoClients.create(address + "/?serverSelectionTimeoutMS=1000")) {
            collection(client).createIndex(Indexes.ascending("unique"), new IndexOptions().unique(true));
            for (int i = 0; ; i++) {
                collection(client).insertOne(new Document("_id", prefix + i).append("unique", prefix + i));
                acknowledged.add(prefix + i);
                enough.countDown();
            }
        } catch (com.mongodb.MongoException gone) {
            // That the store goes is what the test does.
        }
    }

    /** The write after the last, which may have been under way when the store was killed, can be made: nothing of it blocks. */
    private static void writeTheNext(MongoCollection<Document> collection, String prefix, Set<String> there) {
        int next = 0;
        while (there.contains(prefix + next)) {
            next++;
        }
        collection.insertOne(new Document("_id", prefix + next).append("unique", prefix + next));
    }

    private static MongoCollection<Document> collection(MongoClient client) {
        return client.getDatabase("db").getCollection("things");
    }
}
