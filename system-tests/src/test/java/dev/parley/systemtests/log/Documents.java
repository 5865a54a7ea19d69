package dev.parley.systemtests.log;

import com.mongodb.ConnectionString;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * What the store holds.
 *
 * @param messages by their id
 * @param conversations by their id
 */
public record Documents(Map<String, Document> messages, Map<String, Document> conversations) {

    public static Documents read(String mongoUri) {
        String database = Objects.requireNonNull(new ConnectionString(mongoUri).getDatabase());
        try (MongoClient client = MongoClients.create(mongoUri)) {
            return new Documents(all(client, database, "messages"), all(client, database, "conversations"));
        }
    }

    public @Nullable Document of(StreamId stream) {
        return messages.get(RecordKey.encode(stream.user()) + "/" + stream.message());
    }

    public @Nullable Document of(SessionKey session) {
        return conversations.get(RecordKey.of(session));
    }

    private static Map<String, Document> all(MongoClient client, String database, String collection) {
        Map<String, Document> found = new HashMap<>();
        client.getDatabase(database)
                .getCollection(collection)
                .find()
                .forEach(document -> found.put(document.getString("_id"), document));
        return found;
    }
}
