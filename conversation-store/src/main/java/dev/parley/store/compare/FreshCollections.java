package dev.parley.store.compare;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.store.StoreConnection;
import dev.parley.store.document.ConversationDocuments;
import dev.parley.store.document.Fields;
import dev.parley.store.document.StoreCollections;
import dev.parley.store.document.TurnStatus;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.Conversation;
import dev.parley.store.write.GuardedWrites;
import dev.parley.store.write.MongoTurnStore;
import dev.parley.store.write.TurnStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.bson.Document;

/**
 * Fresh collections that a rebuild fills from the log, beside the live ones. The documents are compared by digest, and fresh ones replace live
 * ones. Collections are named as in {@link StoreCollections#FOLDS}. Not thread-safe.
 */
public final class FreshCollections {

    private final StoreCollections live;
    private final StoreCollections fresh;

    /** @param suffix of the names of the fresh collections */
    public FreshCollections(StoreConnection connection, String suffix) {
        live = connection.collections();
        fresh = connection.collections(suffix);
    }

    /** Writes into the fresh collections. */
    public TurnStore turnStore() {
        return new MongoTurnStore(fresh);
    }

    /** Writes into the live collections. */
    public TurnStore liveTurnStore() {
        return new MongoTurnStore(live);
    }

    /** Drops the fresh collections. */
    public void drop() {
        fresh.drop();
    }

    /** The digests of the fresh documents by id, without unfinished turns, which are not written for every event. */
    public Map<String, DocumentDigest> freshDigests(String name) {
        return digests(fresh.fold(name), Set.of());
    }

    /**
     * As {@link #freshDigests}, of the live documents.
     *
     * @param alsoUnfinished ids of turns that are included also if they are unfinished, because fresh documents may replace them
     */
    public Map<String, DocumentDigest> liveDigests(String name, Set<String> alsoUnfinished) {
        return digests(live.fold(name), alsoUnfinished);
    }

    private static Map<String, DocumentDigest> digests(
            MongoCollection<Document> collection, Set<String> alsoUnfinished) {
        Map<String, DocumentDigest> digests = new HashMap<>();
        for (Document each : collection.find()) {
            String id = each.getString(Fields.ID);
            boolean compared = !TurnStatus.STREAMING.isOf(each) || alsoUnfinished.contains(id);
            if (each.containsKey(Fields.LAST_OFFSET) && compared) {
                digests.put(id, DocumentDigest.of(each));
            }
        }
        return digests;
    }

    /**
     * Replaces live documents by the fresh ones of the same ids, each only if it has not changed since it was compared. A live document without
     * a fresh one is deleted. A reader finds the old document or the new one.
     *
     * @return how many were replaced or inserted
     */
    public int replace(String name, List<Difference> differences) {
        int replaced = 0;
        for (Difference each : differences) {
            Document document =
                    fresh.fold(name).find(Filters.eq(Fields.ID, each.id())).first();
            if (document == null) {
                delete(name, List.of(each));
                continue;
            }
            GuardedWrites write = new GuardedWrites();
            if (each.live() == null) {
                write.insert(document);
            } else {
                write.replace(each.live().lastOffset(), document);
            }
            replaced += write.write(live.fold(name)) ? 1 : 0;
        }
        return replaced;
    }

    /** Deletes live documents, each only if it has not changed since it was compared. */
    public void delete(String name, List<Difference> differences) {
        for (Difference each : differences) {
            if (each.live() != null) {
                live.fold(name)
                        .deleteOne(
                                GuardedWrites.unchanged(each.id(), each.live().lastOffset()));
            }
        }
    }

    /**
     * Copies the deletions that neither Kafka nor an archive has: of turns that began, and of conversations that were deleted, before these
     * offsets.
     *
     * @param partitionOf the partition of the user of a document's id
     */
    public void copyDeletions(Map<Integer, Long> beginnings, ToIntFunction<String> partitionOf) {
        List<Document> turns = new ArrayList<>();
        for (Document turn : live.messages().find(Filters.eq(Fields.STATUS, TurnStatus.DELETED.value()))) {
            if (turn.getLong(Fields.FIRST_OFFSET) < beginnings.getOrDefault(turn.getInteger(Fields.PARTITION), 0L)) {
                turns.add(turn);
            }
        }
        insert(fresh.messages(), turns);
        List<Document> conversations = new ArrayList<>();
        for (Document each : live.conversations().find()) {
            String id = each.getString(Fields.ID);
            long beginning = beginnings.getOrDefault(partitionOf.applyAsInt(id), 0L);
            List<AppliedDeletion> old = ConversationDocuments.deletions(each).stream()
                    .filter(deletion -> deletion.offset() < beginning)
                    .toList();
            boolean isEmpty = each.getInteger(Fields.MESSAGE_COUNT) == 0;
            if (isEmpty && each.getLong(Fields.LAST_OFFSET) < beginning) {
                conversations.add(each);
            } else if (!old.isEmpty()) {
                conversations.add(ConversationDocuments.of(Conversation.empty(
                        RecordKey.parse(id), old, old.getLast().offset())));
            }
        }
        insert(fresh.conversations(), conversations);
    }

    private static void insert(MongoCollection<Document> collection, List<Document> documents) {
        if (!documents.isEmpty()) {
            collection.insertMany(documents);
        }
    }
}
