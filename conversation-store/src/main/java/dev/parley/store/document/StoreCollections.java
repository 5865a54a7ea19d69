package dev.parley.store.document;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;

/** The collections and their indexes. A rebuild has collections of its own, whose names have a suffix. */
public final class StoreCollections {

    public static final String MESSAGES = "messages";
    public static final String CONVERSATIONS = "conversations";
    public static final String ARCHIVE = "stream_archive";
    /** How many records the projections have read. A rebuild has none of its own. */
    public static final String PROGRESS = "log_progress";

    /** The collections that are folds of the log. */
    public static final List<String> FOLDS = List.of(ARCHIVE, MESSAGES, CONVERSATIONS);

    private final MongoDatabase database;
    private final String suffix;

    public StoreCollections(MongoDatabase database) {
        this(database, "");
    }

    public StoreCollections(MongoDatabase database, String suffix) {
        this.database = database;
        this.suffix = suffix;
    }

    public MongoCollection<Document> messages() {
        return fold(MESSAGES);
    }

    public MongoCollection<Document> conversations() {
        return fold(CONVERSATIONS);
    }

    public MongoCollection<Document> archive() {
        return fold(ARCHIVE);
    }

    public MongoCollection<Document> progress() {
        return database.getCollection(PROGRESS);
    }

    /** @param name one of {@link #FOLDS} */
    public MongoCollection<Document> fold(String name) {
        return database.getCollection(name + suffix);
    }

    /** Creates the indexes that are missing, and with them the collections. */
    public void createIndexes() {
        messages().createIndex(Indexes.ascending(Fields.CONVERSATION, Fields.FIRST_OFFSET));
        messages().createIndex(byAbility(), onlyWithAbility());
        conversations()
                .createIndex(Indexes.compoundIndex(
                        Indexes.ascending(Fields.USER_ID), Indexes.descending(Fields.UPDATED_AT)));
        archive().createIndex(Indexes.ascending(Fields.CONVERSATION, Fields.FIRST_OFFSET));
        archive().createIndex(Indexes.ascending(Fields.ENDED_AT));
        FOLDS.forEach(name -> fold(name).createIndex(guard(), new IndexOptions().unique(true)));
    }

    /** Workers look for a user's ability in a subject with the highest confidence; few turns have one. */
    private static Bson byAbility() {
        return Indexes.compoundIndex(
                Indexes.ascending(Fields.USER_ID, ability(Fields.SUBJECT)),
                Indexes.descending(ability(Fields.CONFIDENCE)));
    }

    private static IndexOptions onlyWithAbility() {
        return new IndexOptions().partialFilterExpression(Filters.exists(ability(Fields.SUBJECT)));
    }

    /** MongoDB would do without. The embedded store finds the document of a guarded write by it, and would look at all of them otherwise. */
    private static Bson guard() {
        return Indexes.ascending(Fields.ID, Fields.LAST_OFFSET);
    }

    /** The path of a field of {@code ability_updated} in a turn. */
    public static String ability(String field) {
        return Fields.path(Fields.path(Fields.METADATA, Fields.ABILITY_UPDATED), field);
    }

    /** Drops the collections that are folds of the log. */
    public void drop() {
        List<String> existing = database.listCollectionNames().into(new ArrayList<>());
        FOLDS.stream()
                .filter(name -> existing.contains(name + suffix))
                .forEach(name -> fold(name).drop());
    }
}
