package dev.parley.projection.store;

import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import dev.parley.projection.turn.ConversationStep;
import dev.parley.projection.turn.Turn;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Turns in {@code messages}, conversations in {@code conversations}. Guarded by filters alone, on one document each: no
 * transactions and no update pipelines, so that MongoDB and the embedded store do the same.
 *
 * <p>A turn is replaced only where the stored one has the same start and a lower {@code last_offset}, and inserted only where there
 * is none. A conversation is changed step by step, each only where its {@code last_offset} is lower than the step's. Recomputing it
 * from its messages was the other way; but what a slow reader computed from messages as they were a while ago cannot be told from
 * what is newer, and the cost grows with the conversation. A step is of constant size, and its guard is exact.
 */
public final class MongoTurnStore implements TurnStore {

    public static final String MESSAGES = "messages";
    public static final String CONVERSATIONS = "conversations";

    /** Others may write between our look and our write; but only forward, so each look that fails had progress. */
    private static final int MAX_LOOKS = 10;

    private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);
    private static final BulkWriteOptions ANY_ORDER = new BulkWriteOptions().ordered(false);

    private final MongoCollection<Document> messages;
    private final MongoCollection<Document> conversations;

    public MongoTurnStore(MongoDatabase database) {
        messages = database.getCollection(MESSAGES);
        conversations = database.getCollection(CONVERSATIONS);
    }

    @Override
    public void prepare() {
        messages.createIndex(Indexes.ascending(TurnDocuments.CONVERSATION, TurnDocuments.FIRST_OFFSET));
        conversations.createIndex(
                Indexes.compoundIndex(Indexes.ascending("user_id"), Indexes.descending("updated_at")));
    }

    @Override
    public Set<StreamId> save(List<Draft> drafts) {
        Set<StreamId> neverWere = new HashSet<>();
        List<Turn> rest = writeAsHinted(drafts);
        for (int look = 0; !rest.isEmpty(); look++) {
            if (look == MAX_LOOKS) {
                throw new IllegalStateException("turns change faster than they can be compared");
            }
            rest = compareAndWrite(rest, neverWere);
        }
        return neverWere;
    }

    /** @return the turns of which it is not known that they are in the store now */
    private List<Turn> writeAsHinted(List<Draft> drafts) {
        if (drafts.isEmpty()) {
            return List.of();
        }
        List<WriteModel<Document>> writes = drafts.stream()
                .map(draft -> draft.first() ? insert(draft.turn()) : advance(draft.turn()))
                .toList();
        BulkWriteResult result = messages.bulkWrite(writes, ANY_ORDER);
        Set<Integer> inserted = new HashSet<>();
        result.getUpserts().forEach(upsert -> inserted.add(upsert.getIndex()));
        long insertsThatMatched = drafts.stream().filter(Draft::first).count() - inserted.size();
        long advanced = result.getMatchedCount() - insertsThatMatched;
        boolean allAdvanced =
                advanced == drafts.stream().filter(draft -> !draft.first()).count();
        List<Turn> unsure = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            boolean done = drafts.get(i).first() ? inserted.contains(i) : allAdvanced;
            if (!done) {
                unsure.add(drafts.get(i).turn());
            }
        }
        return unsure;
    }

    /** @return the turns that were written now, to be looked at again */
    private List<Turn> compareAndWrite(List<Turn> turns, Set<StreamId> neverWere) {
        Map<String, Document> stored = placesOf(turns);
        List<Turn> behind = new ArrayList<>();
        List<WriteModel<Document>> writes = new ArrayList<>();
        for (Turn turn : turns) {
            Document there = stored.get(TurnDocuments.id(turn.stream()));
            if (there == null) {
                behind.add(turn);
                writes.add(insert(turn));
                continue;
            }
            long first = there.getLong(TurnDocuments.FIRST_OFFSET);
            if (first < turn.trace().firstOffset()) {
                neverWere.add(turn.stream());
            } else if (first > turn.trace().firstOffset()) {
                behind.add(turn);
                writes.add(replaceLaterStart(turn));
            } else if (there.getLong(TurnDocuments.LAST_OFFSET) < turn.trace().lastOffset()) {
                behind.add(turn);
                writes.add(advance(turn));
            }
        }
        if (!writes.isEmpty()) {
            messages.bulkWrite(writes, ANY_ORDER);
        }
        return behind;
    }

    private Map<String, Document> placesOf(List<Turn> turns) {
        List<String> ids =
                turns.stream().map(turn -> TurnDocuments.id(turn.stream())).toList();
        Map<String, Document> places = new HashMap<>();
        messages.find(Filters.in(TurnDocuments.ID, ids))
                .projection(Projections.include(TurnDocuments.FIRST_OFFSET, TurnDocuments.LAST_OFFSET))
                .forEach(place -> places.put(place.getString(TurnDocuments.ID), place));
        return places;
    }

    private static WriteModel<Document> insert(Turn turn) {
        Document document = TurnDocuments.of(turn);
        Object id = document.remove(TurnDocuments.ID);
        return new UpdateOneModel<>(Filters.eq(TurnDocuments.ID, id), new Document("$setOnInsert", document), UPSERT);
    }

    private static WriteModel<Document> advance(Turn turn) {
        Document document = TurnDocuments.of(turn);
        Bson sameStartAndBehind = Filters.and(
                Filters.eq(TurnDocuments.ID, document.get(TurnDocuments.ID)),
                Filters.eq(TurnDocuments.FIRST_OFFSET, turn.trace().firstOffset()),
                Filters.lt(TurnDocuments.LAST_OFFSET, turn.trace().lastOffset()));
        return new ReplaceOneModel<>(sameStartAndBehind, document);
    }

    private static WriteModel<Document> replaceLaterStart(Turn turn) {
        Document document = TurnDocuments.of(turn);
        Bson laterStart = Filters.and(
                Filters.eq(TurnDocuments.ID, document.get(TurnDocuments.ID)),
                Filters.gt(TurnDocuments.FIRST_OFFSET, turn.trace().firstOffset()));
        return new ReplaceOneModel<>(laterStart, document);
    }

    @Override
    public void apply(List<ConversationStep> steps) {
        List<WriteModel<Document>> writes = new ArrayList<>();
        for (ConversationStep step : steps) {
            switch (step) {
                case ConversationStep.Opened opened -> addOpened(writes, opened);
                case ConversationStep.Ended ended -> addEnded(writes, ended);
                case ConversationStep.Deleted deleted -> {
                    forgetTurns(deleted);
                    addDeleted(writes, deleted);
                }
            }
        }
        if (!writes.isEmpty()) {
            conversations.bulkWrite(writes);
        }
    }

    /** Inserted if there is none; begun again if what there was is deleted; else one turn more. Only one of the three matches. */
    private static void addOpened(List<WriteModel<Document>> writes, ConversationStep.Opened step) {
        Document begun = new Document("user_id", step.session().user().value())
                .append("session_id", step.session().session().value())
                .append("title", step.title())
                .append("created_at", Date.from(step.at()))
                .append("updated_at", Date.from(step.at()))
                .append("message_count", 2)
                .append("last_offset", step.offset());
        Bson id = Filters.eq(TurnDocuments.ID, RecordKey.of(step.session()));
        writes.add(new UpdateOneModel<>(id, new Document("$setOnInsert", begun), UPSERT));
        writes.add(new UpdateOneModel<>(
                Filters.and(behind(step), Filters.eq("message_count", 0)), new Document("$set", begun)));
        writes.add(new UpdateOneModel<>(behind(step), Updates.combine(reached(step), Updates.inc("message_count", 2))));
    }

    private static void addEnded(List<WriteModel<Document>> writes, ConversationStep.Ended step) {
        writes.add(new UpdateOneModel<>(behind(step), reached(step)));
    }

    private static void addDeleted(List<WriteModel<Document>> writes, ConversationStep.Deleted step) {
        Bson emptied = Updates.combine(
                Updates.unset("user_id"),
                Updates.unset("session_id"),
                Updates.unset("title"),
                Updates.unset("created_at"),
                Updates.unset("updated_at"),
                Updates.set("message_count", 0),
                Updates.set("last_offset", step.offset()));
        Bson id = Filters.eq(TurnDocuments.ID, RecordKey.of(step.session()));
        Document nothing = new Document("message_count", 0).append("last_offset", step.offset());
        writes.add(new UpdateOneModel<>(id, new Document("$setOnInsert", nothing), UPSERT));
        writes.add(new UpdateOneModel<>(behind(step), emptied));
    }

    private void forgetTurns(ConversationStep.Deleted step) {
        List<Bson> bare = new ArrayList<>();
        TurnDocuments.CONTENT_FIELDS.forEach(field -> bare.add(Updates.unset(field)));
        bare.add(Updates.set(TurnDocuments.STATUS, TurnDocuments.DELETED));
        bare.add(Updates.set(TurnDocuments.DELETED_AT, Date.from(step.at())));
        bare.add(Updates.set(TurnDocuments.LAST_OFFSET, step.offset()));
        messages.updateMany(
                Filters.and(
                        Filters.eq(TurnDocuments.CONVERSATION, RecordKey.of(step.session())),
                        Filters.lt(TurnDocuments.FIRST_OFFSET, step.offset())),
                Updates.combine(bare));
    }

    private static Bson behind(ConversationStep step) {
        return Filters.and(
                Filters.eq(TurnDocuments.ID, RecordKey.of(step.session())), Filters.lt("last_offset", step.offset()));
    }

    private static Bson reached(ConversationStep step) {
        return Updates.combine(
                Updates.set("updated_at", Date.from(step.at())), Updates.set("last_offset", step.offset()));
    }
}
