package dev.parley.store.read;

import static dev.parley.store.document.DocumentValues.number;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.Topics;
import dev.parley.store.StoreConnection;
import dev.parley.store.document.Fields;
import dev.parley.store.document.StoreCollections;
import java.util.List;
import java.util.function.ToLongFunction;
import org.bson.Document;

/**
 * Conversations, turns and archives, as far as the projection has read the log. Every query names the user, so no user sees what belongs to
 * another. All reads fail with a {@link com.mongodb.MongoException} while the store cannot be reached. Thread-safe.
 */
public final class StoredHistory implements AutoCloseable {

    private final StoreConnection connection;
    private final RecentDeletions deletions = new RecentDeletions();
    private final StoredConversations conversations;
    private final StoredTurns turns;
    private final StoredArchives archives;
    private final MongoCollection<Document> messages;
    private final MongoCollection<Document> progress;

    /** @param connection closed with this */
    public StoredHistory(StoreConnection connection) {
        this.connection = connection;
        StoreCollections collections = connection.collections();
        conversations = new StoredConversations(collections.conversations(), deletions);
        turns = new StoredTurns(collections.messages(), conversations, deletions);
        archives = new StoredArchives(collections.archive(), deletions);
        messages = collections.messages();
        progress = collections.progress();
    }

    /**
     * Hides what is deleted in the log, also before the projection deletes it.
     *
     * @param offsets of the last deletion of a session in its partition of {@code chat.events}; -1 if none is known
     */
    public void hideDeleted(ToLongFunction<SessionKey> offsets) {
        deletions.use(offsets);
    }

    public StoredConversations conversations() {
        return conversations;
    }

    public StoredTurns turns() {
        return turns;
    }

    public StoredArchives archives() {
        return archives;
    }

    /** A value that changes when a projection reads the log. */
    public Object progress() {
        Document read = progress.find(Filters.eq(Fields.ID, Topics.EVENTS)).first();
        return List.of(messages.estimatedDocumentCount(), read == null ? 0L : number(read, Fields.RECORDS));
    }

    @Override
    public void close() {
        connection.close();
    }
}
