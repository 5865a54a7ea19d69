package dev.parley.projection.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract on MongoDB where Docker is present, else on the embedded store. */
@WithBackends
class MongoTurnStoreIT extends TurnStoreContract {

    private static MongoClient client;

    private @Nullable MongoDatabase database;

    @BeforeAll
    static void connect(Backends backends) {
        client = MongoClients.create(backends.mongoUri());
    }

    @AfterAll
    static void disconnect() {
        client.close();
    }

    @Override
    TurnStore newStore() {
        MongoDatabase fresh = client.getDatabase(Backends.unique("contract"));
        database = fresh;
        return new MongoTurnStore(fresh);
    }

    @Test
    void what_readers_note_of_their_progress_adds_up() {
        TurnStore store = newStore();
        store.progressed(3);
        newStoreOnTheSame().progressed(4);

        assertThat(all(MongoTurnStore.PROGRESS).values())
                .containsExactly(new Document("_id", "chat.events").append("records", 7L));
    }

    private TurnStore newStoreOnTheSame() {
        return new MongoTurnStore(Objects.requireNonNull(database));
    }

    @Override
    Map<String, Document> messages() {
        return all(MongoTurnStore.MESSAGES);
    }

    @Override
    Map<String, Document> archive() {
        return all(MongoTurnStore.ARCHIVE);
    }

    @Override
    Map<String, Document> conversations() {
        return all(MongoTurnStore.CONVERSATIONS);
    }

    private Map<String, Document> all(String collection) {
        Map<String, Document> all = new TreeMap<>();
        Objects.requireNonNull(database)
                .getCollection(collection)
                .find()
                .forEach(found -> all.put(found.getString("_id"), found));
        return all;
    }
}
