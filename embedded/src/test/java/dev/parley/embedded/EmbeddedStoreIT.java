package dev.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    void it_reports_a_version_that_current_drivers_and_tools_accept() {
        try (var store = EmbeddedStore.start(folder);
                var client = MongoClients.create(store.mongoUri())) {
            var admin = client.getDatabase("admin");
            for (String greeting : List.of("hello", "isMaster")) {
                Document answer = admin.runCommand(new Document(greeting, 1));
                assertThat(answer.getInteger("minWireVersion")).as(greeting).isZero();
                assertThat(answer.getInteger("maxWireVersion")).as(greeting).isBetween(9, 25);
            }
            assertThat(admin.runCommand(new Document("hello", 1)).getBoolean("isWritablePrimary"))
                    .isTrue();
            Document build = admin.runCommand(new Document("buildInfo", 1));
            assertThat(build.getString("version")).isEqualTo("6.0.0");
            assertThat(build.getList("versionArray", Integer.class)).startsWith(6, 0, 0);
        }
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

    @Test
    void a_database_that_is_dropped_during_writes_can_be_used_again() throws Exception {
        var dropping = new AtomicBoolean(true);
        try (var store = EmbeddedStore.start(folder);
                var client = MongoClients.create(store.mongoUri());
                var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> writes = IntStream.range(0, 4)
                    .mapToObj(writer -> writers.submit(() -> {
                        int n = 0;
                        while (dropping.get()) {
                            collection(client)
                                    .replaceOne(
                                            Filters.eq("_id", writer + "-" + n % 7),
                                            new Document("n", n++),
                                            new ReplaceOptions().upsert(true));
                        }
                        return n;
                    }))
                    .toList();
            for (int n = 0; n < 200; n++) {
                collection(client).createIndex(Indexes.ascending("_id", "n"), new IndexOptions().unique(true));
                client.getDatabase(collection(client).getNamespace().getDatabaseName())
                        .drop();
            }
            dropping.set(false);
            for (Future<Integer> each : writes) {
                assertThat(each.get()).as("writes, none of which failed").isPositive();
            }
            collection(client).deleteMany(new Document());
            collection(client).insertOne(new Document("_id", "new"));
            assertThat(collection(client).find()).containsExactly(new Document("_id", "new"));
        }
    }

    @Test
    void a_second_store_on_the_same_folder_is_refused() throws Exception {
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
    void a_terminated_process_keeps_all_writes() throws Exception {
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

    private static MongoCollection<Document> collection(MongoClient client) {
        return client.getDatabase("db").getCollection("things");
    }
}
