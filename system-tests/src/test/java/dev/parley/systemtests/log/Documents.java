package dev.parley.systemtests.log;

import com.mongodb.ConnectionString;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.model.Filters;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * The documents of some streams and of their sessions.
 *
 * @param messages by their id
 * @param conversations by their id
 */
public record Documents(Map<String, Document> messages, Map<String, Document> conversations) {

    /** Reads few at a time: the embedded store, whose heap is small here, builds a whole reply in memory. */
    private static final int AT_ONCE = 200;

    public static Documents read(String mongoUri, Collection<StreamHistory> streams) {
        String database = Objects.requireNonNull(new ConnectionString(mongoUri).getDatabase());
        try (MongoClient client = MongoClients.create(mongoUri)) {
            return new Documents(
                    those(client, database, "messages", streams, stream -> id(stream.id())),
                    those(client, database, "conversations", streams, stream -> RecordKey.of(stream.session())));
        }
    }

    public @Nullable Document of(StreamId stream) {
        return messages.get(id(stream));
    }

    public @Nullable Document of(SessionKey session) {
        return conversations.get(RecordKey.of(session));
    }

    private static String id(StreamId stream) {
        return RecordKey.encode(stream.user()) + "/" + stream.message();
    }

    private static Map<String, Document> those(
            MongoClient client,
            String database,
            String collection,
            Collection<StreamHistory> streams,
            Function<StreamHistory, String> id) {
        Map<String, Document> found = new HashMap<>();
        List<String> ids = streams.stream().map(id).distinct().toList();
        for (int from = 0; from < ids.size(); from += AT_ONCE) {
            client.getDatabase(database)
                    .getCollection(collection)
                    .find(Filters.in("_id", ids.subList(from, Math.min(ids.size(), from + AT_ONCE))))
                    .forEach(document -> found.put(document.getString("_id"), document));
        }
        return found;
    }
}
