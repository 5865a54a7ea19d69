package dev.parley.store.read;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import dev.parley.store.document.Fields;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.bson.Document;

/** Lookups by id alone: with any other condition, the embedded store does not use its index. */
final class IdQueries {

    private static final int MAX_KEYS = 500;

    private IdQueries() {}

    static BatchedLookup<String, Document> batched(MongoCollection<Document> collection, String... fields) {
        return new BatchedLookup<>(MAX_KEYS, ids -> find(collection, ids, fields));
    }

    private static Map<String, Document> find(MongoCollection<Document> collection, Set<String> ids, String... fields) {
        Map<String, Document> found = new HashMap<>();
        collection
                .find(Filters.in(Fields.ID, ids))
                .projection(Projections.include(fields))
                .forEach(document -> found.put(document.getString(Fields.ID), document));
        return found;
    }
}
