package dev.parley.projection.store;

import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/**
 * Documents to be written at once, each only if what it was compared with is still there. A document's {@code last_offset} grows
 * with every change, so its equality is a compare-and-set; as the filter is exactly the keys of a unique index, the embedded store
 * need not look at every document either.
 */
final class GuardedWrites {

    private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);
    private static final BulkWriteOptions ANY_ORDER = new BulkWriteOptions().ordered(false);

    private final List<WriteModel<Document>> writes = new ArrayList<>();
    private int inserts;

    /** Written if there is none of its id. */
    void insert(Document document) {
        Document rest = new Document(document);
        Object id = rest.remove(TurnDocuments.ID);
        writes.add(new UpdateOneModel<>(Filters.eq(TurnDocuments.ID, id), new Document("$setOnInsert", rest), UPSERT));
        inserts++;
    }

    /** Written if the one of its id has this {@code last_offset}. */
    void replace(long lastOffset, Document document) {
        writes.add(new ReplaceOneModel<>(
                new Document(TurnDocuments.ID, document.get(TurnDocuments.ID))
                        .append(TurnDocuments.LAST_OFFSET, lastOffset),
                document));
    }

    /** @return whether all were written; if not, any of them may have been */
    boolean write(MongoCollection<Document> collection) {
        if (writes.isEmpty()) {
            return true;
        }
        BulkWriteResult result = collection.bulkWrite(writes, ANY_ORDER);
        return result.getUpserts().size() == inserts && result.getMatchedCount() == writes.size() - inserts;
    }
}
