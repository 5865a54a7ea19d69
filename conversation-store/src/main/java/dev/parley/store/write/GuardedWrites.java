package dev.parley.store.write;

import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
import dev.parley.store.document.Fields;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/**
 * A batch of documents, each written only if the one that it replaces has not changed. A document's {@code last_offset} grows with every
 * change, so comparing it is a compare-and-set. The filter is exactly the keys of a unique index, so the embedded store finds the document
 * without reading all of them. Not thread-safe.
 */
public final class GuardedWrites {

    private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);
    private static final BulkWriteOptions ANY_ORDER = new BulkWriteOptions().ordered(false);

    /** Other writers may write between a read and a guarded write. Each failed attempt means that another writer has made progress. */
    private static final int MAX_ATTEMPTS = 20;

    private final List<WriteModel<Document>> writes = new ArrayList<>();
    private int inserts;

    /** Adds a document that is written if there is none with its id. */
    public void insert(Document document) {
        Document rest = new Document(document);
        Object id = rest.remove(Fields.ID);
        writes.add(new UpdateOneModel<>(Filters.eq(Fields.ID, id), new Document("$setOnInsert", rest), UPSERT));
        inserts++;
    }

    /** Adds a document that is written if the one with its id has this {@code last_offset}. */
    public void replace(long lastOffset, Document document) {
        writes.add(new ReplaceOneModel<>(unchanged(document.getString(Fields.ID), lastOffset), document));
    }

    /** The filter for a document that has not changed. */
    public static Document unchanged(String id, long lastOffset) {
        return new Document(Fields.ID, id).append(Fields.LAST_OFFSET, lastOffset);
    }

    /** @return whether all were written; if not, any of them may have been */
    public boolean write(MongoCollection<Document> collection) {
        if (writes.isEmpty()) {
            return true;
        }
        BulkWriteResult result = collection.bulkWrite(writes, ANY_ORDER);
        return result.getUpserts().size() == inserts && result.getMatchedCount() == writes.size() - inserts;
    }

    /** Reads and writes. */
    interface Attempt {

        /** @return whether all was written */
        boolean succeeds();
    }

    /**
     * Repeats an attempt until it succeeds.
     *
     * @throws IllegalStateException if other writers change the documents each time
     */
    static void untilWritten(Attempt attempt) {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            if (attempt.succeeds()) {
                return;
            }
        }
        throw new IllegalStateException("other writers changed the documents in each of " + MAX_ATTEMPTS + " attempts");
    }
}
