package dev.parley.store.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.store.document.StoreCollections;
import java.util.Map;
import java.util.TreeMap;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract on MongoDB where Docker is present, else on the embedded store. */
@WithBackends
class MongoTurnStoreIT extends TurnStoreContract {

    private static MongoClient client;

    private StoreCollections collections = newCollections();

    @BeforeAll
    static void connect(Backends backends) {
        client = MongoClients.create(backends.mongoUri());
    }

    @AfterAll
    static void disconnect() {
        client.close();
    }

    private static StoreCollections newCollections() {
        return new StoreCollections(client.getDatabase(Backends.unique("contract")));
    }

    @Override
    TurnStore newStore() {
        collections = newCollections();
        return new MongoTurnStore(collections);
    }

    @Test
    void the_progress_of_all_readers_adds_up() {
        TurnStore store = newStore();
        store.progressed(3);
        new MongoTurnStore(collections).progressed(4);

        assertThat(all(collections.progress()).values())
                .containsExactly(new Document("_id", "chat.events").append("records", 7L));
    }

    @Override
    Map<String, Document> messages() {
        return all(collections.messages());
    }

    @Override
    Map<String, Document> archive() {
        return all(collections.archive());
    }

    @Override
    Map<String, Document> conversations() {
        return all(collections.conversations());
    }

    private static Map<String, Document> all(MongoCollection<Document> collection) {
        Map<String, Document> all = new TreeMap<>();
        collection.find().forEach(found -> all.put(found.getString("_id"), found));
        return all;
    }
}
