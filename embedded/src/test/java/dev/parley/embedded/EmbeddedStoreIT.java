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

    private static MongoCollection<Document> collection(MongoClient client) {
        return client.getDatabase("db").getCollection("things");
    }
}
