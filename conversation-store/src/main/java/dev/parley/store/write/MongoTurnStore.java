package dev.parley.store.write;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.Topics;
import dev.parley.store.document.ConversationDocuments;
import dev.parley.store.document.DocumentIds;
import dev.parley.store.document.Fields;
import dev.parley.store.document.StoreCollections;
import dev.parley.store.document.TurnDocuments;
import dev.parley.store.document.TurnStatus;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.Conversation;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.turn.Turn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * The store on MongoDB. Every write is guarded by a compare-and-set on one document; there are no transactions and no update pipelines, so
 * MongoDB and the embedded store do the same.
 *
 * <p>A conversation is the fold of its steps, guarded by the offset of the last one: it is read, folded, and written if it has not changed.
 * Two other ways were rejected. Computing it from its turns costs more the longer the conversation is, and what a slow reader computed from old
 * states of turns cannot be told from what is newer. An {@code $inc} guarded by the offset needs three writes for the start of a turn, with
 * filters for which the embedded store reads all documents.
 */
public final class MongoTurnStore implements TurnStore {

    private final StoreCollections collections;
    private final MongoCollection<Document> messages;
    private final MongoCollection<Document> conversations;
    private final ArchiveWrites archives;

    public MongoTurnStore(StoreCollections collections) {
        this.collections = collections;
        messages = collections.messages();
        conversations = collections.conversations();
        archives = new ArchiveWrites(collections);
    }

    @Override
    public void prepare() {
        collections.createIndexes();
    }

    /** Of all projections together; a lost update does not matter. */
    @Override
    public void progressed(long records) {
        collections
                .progress()
                .updateOne(
                        Filters.eq(Fields.ID, Topics.EVENTS),
                        Updates.inc(Fields.RECORDS, records),
                        new UpdateOptions().upsert(true));
    }

    @Override
    public void archive(List<StreamArchive> ended, List<LateRecord> late) {
        archives.add(ended, late);
    }

    @Override
    public Set<StreamId> save(List<Draft> drafts) {
        Set<StreamId> discarded = new HashSet<>();
        if (!saveOverLastSaved(drafts)) {
            GuardedWrites.untilWritten(() -> saveOverFound(drafts, discarded));
        }
        return discarded;
    }

    private boolean saveOverLastSaved(List<Draft> drafts) {
        GuardedWrites writes = new GuardedWrites();
        for (Draft draft : drafts) {
            Document document = TurnDocuments.of(draft.turn());
            if (draft.lastSaved() == Draft.NONE) {
                writes.insert(document);
            } else {
                writes.replace(draft.lastSaved(), document);
            }
        }
        return writes.write(messages);
    }

    private boolean saveOverFound(List<Draft> drafts, Set<StreamId> discarded) {
        Map<String, Document> found = findOffsets(drafts);
        GuardedWrites writes = new GuardedWrites();
        for (Draft draft : drafts) {
            Turn turn = draft.turn();
            Document there = found.get(DocumentIds.turn(turn.stream()));
            if (there == null) {
                writes.insert(TurnDocuments.of(turn));
                continue;
            }
            Precedence.Stored stored = Precedence.Stored.of(there);
            switch (Precedence.of(turn, stored)) {
                case REPLACES -> writes.replace(stored.last(), TurnDocuments.of(turn));
                case DISCARDED -> discarded.add(turn.stream());
                case KNOWN -> {}
            }
        }
        return writes.write(messages);
    }

    private Map<String, Document> findOffsets(List<Draft> drafts) {
        List<String> ids = drafts.stream()
                .map(draft -> DocumentIds.turn(draft.turn().stream()))
                .toList();
        Bson offsets =
                Projections.include(Fields.FIRST_OFFSET, Fields.LAST_OFFSET, Fields.FOLDED_OFFSET, Fields.STATUS);
        return find(messages, ids, offsets);
    }

    @Override
    public void deleteTurns(List<ConversationStep.Deleted> deletions) {
        deletions.forEach(this::deleteTurns);
    }

    private void deleteTurns(ConversationStep.Deleted deletion) {
        String conversation = DocumentIds.conversation(deletion.session());
        List<Bson> changes = new ArrayList<>();
        TurnDocuments.CONTENT_FIELDS.forEach(field -> changes.add(Updates.unset(field)));
        changes.add(Updates.set(Fields.STATUS, TurnStatus.DELETED.value()));
        changes.add(Updates.set(Fields.DELETED_AT, Date.from(deletion.at())));
        changes.add(Updates.set(Fields.LAST_OFFSET, deletion.offset()));
        messages.updateMany(
                Filters.and(
                        Filters.eq(Fields.CONVERSATION, conversation),
                        Filters.lt(Fields.FIRST_OFFSET, deletion.offset())),
                Updates.combine(changes));
        archives.delete(conversation, deletion.offset());
    }

    @Override
    public void apply(List<ConversationStep> steps) {
        Map<SessionKey, List<ConversationStep>> bySession = new LinkedHashMap<>();
        for (ConversationStep step : steps) {
            if (step instanceof ConversationStep.Deleted deletion) {
                deleteTurns(deletion);
            }
            bySession.computeIfAbsent(step.session(), _ -> new ArrayList<>()).add(step);
        }
        if (!steps.isEmpty()) {
            GuardedWrites.untilWritten(() -> applyToFound(bySession));
        }
    }

    private boolean applyToFound(Map<SessionKey, List<ConversationStep>> bySession) {
        Map<String, Document> found = findConversations(bySession.keySet());
        GuardedWrites writes = new GuardedWrites();
        bySession.forEach((session, steps) -> {
            Document there = found.get(DocumentIds.conversation(session));
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

    @Override
    public Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions) {
        Map<String, Document> found = findConversations(sessions);
        Map<SessionKey, List<AppliedDeletion>> deletions = new HashMap<>();
        for (SessionKey session : sessions) {
            Document there = found.get(DocumentIds.conversation(session));
            if (there != null) {
                deletions.put(session, ConversationDocuments.deletions(there));
            }
        }
        return deletions;
    }

    private Map<String, Document> findConversations(Collection<SessionKey> sessions) {
        return find(
                conversations, sessions.stream().map(DocumentIds::conversation).toList(), new Document());
    }

    private static Map<String, Document> find(
            MongoCollection<Document> collection, Collection<String> ids, Bson projection) {
        Map<String, Document> found = new HashMap<>();
        collection
                .find(Filters.in(Fields.ID, ids))
                .projection(projection)
                .forEach(each -> found.put(each.getString(Fields.ID), each));
        return found;
    }
}
