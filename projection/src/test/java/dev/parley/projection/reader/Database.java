package dev.parley.projection.reader;

import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import dev.parley.projection.store.MongoTurnStore;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/** A database of a test's own, and what is in it. */
final class Database implements AutoCloseable {

    private static final int TIMEOUT_MS = 500;

    private final MongoClient client;
    private final MongoDatabase database;

    Database(String uri, String name) {
        client = MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(new com.mongodb.ConnectionString(uri))
                .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS))
                .build());
        database = client.getDatabase(name);
    }

    WatchedStore store() {
        return new WatchedStore(new MongoTurnStore(database));
    }

    MongoTurnStore turns() {
        return new MongoTurnStore(database);
    }

    /** The documents of users whose names begin so. */
    Map<String, Document> messages(String users) {
        return all(MongoTurnStore.MESSAGES, users);
    }

    Map<String, Document> conversations(String users) {
        return all(MongoTurnStore.CONVERSATIONS, users);
    }

    Map<String, Document> archive(String users) {
        return all(MongoTurnStore.ARCHIVE, users);
    }

    private Map<String, Document> all(String collection, String users) {
        Map<String, Document> all = new TreeMap<>();
        database.getCollection(collection).find().forEach(found -> {
            all.put(found.getString("_id"), found);
        });
        return of(users, all);
    }

    static Map<String, Document> of(String users, Map<String, Document> all) {
        Map<String, Document> some = new TreeMap<>(all);
        some.keySet().removeIf(id -> !id.startsWith(users));
        return some;
    }

    MongoDatabase mongo() {
        return database;
    }

    void drop() {
        database.drop();
    }

    @Override
    public void close() {
        client.close();
    }
}
