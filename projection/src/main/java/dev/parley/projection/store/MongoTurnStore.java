package dev.parley.projection.store;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import dev.parley.projection.turn.AppliedDeletion;
import dev.parley.projection.turn.Conversation;
import dev.parley.projection.turn.ConversationStep;
import dev.parley.projection.turn.LateRecord;
import dev.parley.projection.turn.StreamArchive;
import dev.parley.projection.turn.Turn;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Turns in {@code messages}, conversations in {@code conversations}, archives in {@code stream_archive}. Guarded by compare-and-set on one document each: no
 * transactions and no update pipelines, so that MongoDB and the embedded store do the same.
 *
 * <p>A conversation is the fold of its steps, guarded by the offset of the last one: read, folded, written if nobody wrote
 * meanwhile. Recomputing it from its turns was the other way; but what a slow reader computed from turns as they were a while ago
 * cannot be told from what is newer, and the cost grows with the conversation. An {@code $inc} guarded by offset was a third; it
 * needs three writes for the start of a turn, and filters that the embedded store answers by looking at everything.
 */
public final class MongoTurnStore implements TurnStore {

    public static final String MESSAGES = "messages";
    public static final String CONVERSATIONS = "conversations";
    public static final String ARCHIVE = "stream_archive";

    /** How many records were read, so that others see that the log goes on. */
    public static final String PROGRESS = "log_progress";

    private static final String ABILITY = "metadata.ability_updated";

    /** Others may write between our look and our write; but only forward, so each look that was in vain had progress. */
    private static final int MAX_LOOKS = 20;

    private final MongoCollection<Document> messages;
    private final MongoCollection<Document> conversations;
    private final MongoCollection<Document> progress;
    private final MongoArchive archive;

    public MongoTurnStore(MongoDatabase database) {
        this(database, "");
    }

    /** @param ending of the collections' names */
    public MongoTurnStore(MongoDatabase database, String ending) {
        messages = database.getCollection(MESSAGES + ending);
        conversations = database.getCollection(CONVERSATIONS + ending);
        progress = database.getCollection(PROGRESS);
        archive = new MongoArchive(database.getCollection(ARCHIVE + ending), messages);
    }

    @Override
    public void prepare() {
        messages.createIndex(Indexes.ascending(TurnDocuments.CONVERSATION, TurnDocuments.FIRST_OFFSET));
        // the few turns that tell of a learner, for the workers: the one with the most evidence of a user and subject
        messages.createIndex(
                Indexes.compoundIndex(
                        Indexes.ascending("user_id", ABILITY + ".subject"),
                        Indexes.descending(ABILITY + ".confidence")),
                new IndexOptions().partialFilterExpression(Filters.exists(ABILITY + ".subject")));
        conversations.createIndex(
                Indexes.compoundIndex(Indexes.ascending("user_id"), Indexes.descending("updated_at")));
        IndexOptions unique = new IndexOptions().unique(true);
        Bson compareAndSet = Indexes.ascending(TurnDocuments.ID, TurnDocuments.LAST_OFFSET);
        messages.createIndex(compareAndSet, unique);
        conversations.createIndex(compareAndSet, unique);
        archive.prepare();
    }

    /** By all readers together; a number that is lost is of no importance. */
    @Override
    public void progressed(long records) {
        progress.updateOne(
                Filters.eq(TurnDocuments.ID, Topics.EVENTS),
                Updates.inc("records", records),
                new UpdateOptions().upsert(true));
    }

    @Override
    public void archive(List<StreamArchive> ended, List<LateRecord> late) {
        archive.add(ended, late);
    }

    @Override
    public Set<StreamId> save(List<Draft> drafts) {
        Set<StreamId> neverWere = new HashSet<>();
        boolean saved = saveAsRemembered(drafts);
        for (int look = 0; !saved; look++) {
            check(look);
            saved = saveAsFound(drafts, neverWere);
        }
        return neverWere;
    }

    private boolean saveAsRemembered(List<Draft> drafts) {
        GuardedWrites writes = new GuardedWrites();
        for (Draft draft : drafts) {
            Document document = TurnDocuments.of(draft.turn());
            if (draft.over() == Draft.NOTHING) {
                writes.insert(document);
            } else {
                writes.replace(draft.over(), document);
            }
        }
        return writes.write(messages);
    }

    private boolean saveAsFound(List<Draft> drafts, Set<StreamId> neverWere) {
        Map<String, Document> places = placesOf(drafts);
        GuardedWrites writes = new GuardedWrites();
        for (Draft draft : drafts) {
            Turn turn = draft.turn();
            Document there = places.get(TurnDocuments.id(turn.stream()));
            if (there == null) {
                writes.insert(TurnDocuments.of(turn));
                continue;
            }
            long last = there.getLong(TurnDocuments.LAST_OFFSET);
            switch (Precedence.of(turn, stored(there))) {
                case REPLACES -> writes.replace(last, TurnDocuments.of(turn));
                case NEVER_WAS -> neverWere.add(turn.stream());
                case KNOWN -> {}
            }
        }
        return writes.write(messages);
    }

    private static Precedence.Stored stored(Document turn) {
        return new Precedence.Stored(
                turn.getLong(TurnDocuments.FIRST_OFFSET),
                turn.getLong(TurnDocuments.LAST_OFFSET),
                Objects.requireNonNullElse(turn.getLong(TurnDocuments.FOLDED_OFFSET), Entry.Start.NOT_STATED),
                TurnDocuments.DELETED.equals(turn.getString(TurnDocuments.STATUS)));
    }

    private Map<String, Document> placesOf(List<Draft> drafts) {
        List<String> ids = drafts.stream()
                .map(draft -> TurnDocuments.id(draft.turn().stream()))
                .toList();
        Bson place = Projections.include(
                TurnDocuments.FIRST_OFFSET,
                TurnDocuments.LAST_OFFSET,
                TurnDocuments.FOLDED_OFFSET,
                TurnDocuments.STATUS);
        return find(messages, ids, place);
    }

    @Override
    public void forget(List<ConversationStep.Deleted> deletions) {
        deletions.forEach(this::forgetTurns);
    }

    @Override
    public void apply(List<ConversationStep> steps) {
        Map<SessionKey, List<ConversationStep>> bySession = new LinkedHashMap<>();
        for (ConversationStep step : steps) {
            if (step instanceof ConversationStep.Deleted deleted) {
                forgetTurns(deleted);
            }
            bySession
                    .computeIfAbsent(step.session(), session -> new ArrayList<>())
                    .add(step);
        }
        boolean applied = steps.isEmpty();
        for (int look = 0; !applied; look++) {
            check(look);
            applied = applyAsFound(bySession);
        }
    }

    private boolean applyAsFound(Map<SessionKey, List<ConversationStep>> bySession) {
        Map<String, Document> found = findConversations(bySession.keySet());
        GuardedWrites writes = new GuardedWrites();
        bySession.forEach((session, steps) -> {
            Document there = found.get(ConversationDocuments.id(session));
            Conversation before =
                    there == null ? Conversation.unknown(session) : ConversationDocuments.read(session, there);
            Conversation after = before;
            for (ConversationStep step : steps) {
                after = after.after(step);
            }
            if (there == null) {
                writes.insert(ConversationDocuments.of(after));
            } else if (after.lastOffset() > before.lastOffset()) {
                writes.replace(before.lastOffset(), ConversationDocuments.of(after));
            }
        });
        return writes.write(conversations);
    }

    private Map<String, Document> findConversations(Collection<SessionKey> sessions) {
        return find(
                conversations, sessions.stream().map(ConversationDocuments::id).toList(), new Document());
    }

    @Override
    public Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions) {
        Map<String, Document> found = findConversations(sessions);
        Map<SessionKey, List<AppliedDeletion>> deletions = new HashMap<>();
        for (SessionKey session : sessions) {
            Document there = found.get(ConversationDocuments.id(session));
            if (there != null) {
                deletions.put(session, ConversationDocuments.deletions(there));
            }
        }
        return deletions;
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
        archive.forget(RecordKey.of(step.session()), step.offset());
    }

    private static Map<String, Document> find(
            MongoCollection<Document> collection, Collection<String> ids, Bson projection) {
        Map<String, Document> found = new HashMap<>();
        collection
                .find(Filters.in(TurnDocuments.ID, ids))
                .projection(projection)
                .forEach(each -> found.put(each.getString(TurnDocuments.ID), each));
        return found;
    }

    private static void check(int look) {
        if (look == MAX_LOOKS) {
            throw new IllegalStateException("others write faster than can be compared");
        }
    }
}
