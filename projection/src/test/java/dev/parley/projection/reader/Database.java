package dev.parley.projection.reader;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import dev.parley.store.StoreAddress;
import dev.parley.store.StoreConnection;
import dev.parley.store.write.MongoTurnStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/** A database for one test, and its documents. */
final class Database implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);

    private final StoreConnection connection;
    private final MongoClient client;
    private final MongoDatabase database;

    Database(String uri, String name) {
        String address = uri.endsWith("/" + name) ? uri : uri + "/" + name;
        connection = StoreConnection.open(
                StoreAddress.parse(address),
                "test",
                new StoreConnection.Timeouts(CONNECT_TIMEOUT, Duration.ZERO),
                new SimpleMeterRegistry());
        client = MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(address))
                .applyToClusterSettings(
                        cluster -> cluster.serverSelectionTimeout(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS))
                .build());
        database = client.getDatabase(name);
    }

    StoreConnection connection() {
        return connection;
    }

    WatchedStore store() {
        return new WatchedStore(turns());
    }

    MongoTurnStore turns() {
        return new MongoTurnStore(connection.collections());
    }

    /** The documents of users whose names begin so. Read by the same client as is written with, so that both notice when the store was stopped. */
    Map<String, Document> messages(String users) {
        return all(connection.collections().messages(), users);
    }

    Map<String, Document> conversations(String users) {
        return all(connection.collections().conversations(), users);
    }

    Map<String, Document> archive(String users) {
        return all(connection.collections().archive(), users);
    }

    private static Map<String, Document> all(MongoCollection<Document> collection, String users) {
        Map<String, Document> all = new TreeMap<>();
        collection.find().forEach(found -> all.put(found.getString("_id"), found));
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
        connection.close();
    }
}
