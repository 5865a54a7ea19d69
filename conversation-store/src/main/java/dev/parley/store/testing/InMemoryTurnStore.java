package dev.parley.store.testing;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.RawRecord;
import dev.parley.store.archive.ArchiveReader;
import dev.parley.store.document.ArchiveDocuments;
import dev.parley.store.document.ConversationDocuments;
import dev.parley.store.document.DocumentIds;
import dev.parley.store.document.Fields;
import dev.parley.store.document.TurnDocuments;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.Conversation;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.LogPosition;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.turn.Turn;
import dev.parley.store.write.TurnStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.bson.Document;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.DocumentCodec;
import org.jspecify.annotations.Nullable;

/** The contract of {@link TurnStore} in memory, written as plainly as possible: the database has to agree with it. */
public class InMemoryTurnStore implements TurnStore {

    private final Map<StreamId, Turn> turns = new HashMap<>();
    private final Map<SessionKey, Conversation> conversations = new HashMap<>();
    private final Map<StreamId, StreamArchive> archives = new HashMap<>();
    private final Map<StreamId, List<LateRecord>> late = new HashMap<>();
    private @Nullable Runnable beforeEach;

    /** Runs an action before each call that writes. It may throw, as a store does that cannot be reached. */
    public void before(Runnable action) {
        beforeEach = action;
    }

    @Override
    public void prepare() {}

    @Override
    public synchronized Set<StreamId> save(List<Draft> drafts) {
        runBefore();
        Set<StreamId> discarded = new HashSet<>();
        for (Draft draft : drafts) {
            Turn turn = draft.turn();
            Turn stored = turns.get(turn.stream());
            if (stored == null || replaces(turn, stored)) {
                turns.put(turn.stream(), turn);
            } else if (stored.trace().firstOffset() != turn.trace().firstOffset()) {
                discarded.add(turn.stream());
            }
        }
        return discarded;
    }

    private static boolean replaces(Turn turn, Turn stored) {
        if (stored.trace().firstOffset() < turn.trace().firstOffset()) {
            return stored.isDeleted() && turn.trace().folded() >= stored.trace().lastOffset();
        }
        boolean beganAfterDeletion = stored.trace().folded() >= turn.trace().firstOffset();
        return !beganAfterDeletion && isAhead(turn, stored);
    }

    private static boolean isAhead(Turn turn, Turn stored) {
        return stored.trace().firstOffset() > turn.trace().firstOffset()
                || stored.trace().lastOffset() < turn.trace().lastOffset();
    }

    @Override
    public synchronized void deleteTurns(List<ConversationStep.Deleted> deletions) {
        runBefore();
        deletions.forEach(this::delete);
    }

    private void delete(ConversationStep.Deleted deletion) {
        turns.replaceAll((id, turn) -> after(deletion, turn));
        deleteArchivesWithoutTurn();
        archives.values()
                .removeIf(archive ->
                        archive.session().equals(deletion.session()) && archive.firstOffset() < deletion.offset());
        late.keySet().removeIf(stream -> !archives.containsKey(stream));
    }

    private static Turn after(ConversationStep.Deleted deletion, Turn turn) {
        boolean deleted = turn.session().equals(deletion.session())
                && turn.trace().firstOffset() < deletion.offset()
                && !turn.isDeleted();
        return deleted
                ? turn.deleted(new LogPosition(turn.trace().partition(), deletion.offset(), deletion.at()))
                : turn;
    }

    @Override
    public synchronized void apply(List<ConversationStep> steps) {
        runBefore();
        for (ConversationStep step : steps) {
            if (step instanceof ConversationStep.Deleted deletion) {
                delete(deletion);
            }
            conversations.put(step.session(), conversation(step.session()).after(step));
        }
    }

    @Override
    public synchronized void archive(List<StreamArchive> ended, List<LateRecord> more) {
        runBefore();
        for (StreamArchive archive : ended) {
            StreamArchive stored = archives.get(archive.stream());
            if (stored == null || stored.firstOffset() > archive.firstOffset()) {
                archives.put(archive.stream(), archive);
            }
        }
        for (LateRecord record : more) {
            StreamArchive archive = archives.get(record.stream());
            if (archive == null || record.raw().offset() <= archive.lastOffset()) {
                continue;
            }
            List<LateRecord> ofStream = late.computeIfAbsent(record.stream(), _ -> new ArrayList<>());
            if (ofStream.stream()
                    .noneMatch(each -> each.raw().offset() == record.raw().offset())) {
                ofStream.add(record);
            }
        }
        deleteArchivesWithoutTurn();
    }

    private void deleteArchivesWithoutTurn() {
        archives.keySet().removeIf(this::hasNoTurn);
        late.keySet().removeIf(this::hasNoTurn);
    }

    private boolean hasNoTurn(StreamId stream) {
        Turn turn = turns.get(stream);
        return turn == null || turn.isDeleted();
    }

    @Override
    public synchronized Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions) {
        Map<SessionKey, List<AppliedDeletion>> deletions = new HashMap<>();
        sessions.forEach(session -> deletions.put(session, conversation(session).deletions()));
        return deletions;
    }

    private Conversation conversation(SessionKey session) {
        return conversations.getOrDefault(session, Conversation.unknown(session));
    }

    /** All archived records of a stream, in the order of the log. */
    public synchronized List<RawRecord> archived(StreamId stream) {
        List<RawRecord> records = new ArrayList<>();
        StreamArchive archive = archives.get(stream);
        if (archive != null) {
            records.addAll(ArchiveReader.read(stream, archive.parts()));
        }
        late.getOrDefault(stream, List.of()).forEach(record -> records.add(record.raw()));
        records.sort(Comparator.comparingLong(RawRecord::offset));
        return records;
    }

    /** All documents of {@code messages}, by id. */
    public synchronized Map<String, Document> messages() {
        Map<String, Document> all = new TreeMap<>();
        turns.values().forEach(turn -> all.put(DocumentIds.turn(turn.stream()), asRead(TurnDocuments.of(turn))));
        return all;
    }

    /** All documents of {@code conversations}, by id. */
    public synchronized Map<String, Document> conversations() {
        Map<String, Document> all = new TreeMap<>();
        conversations.forEach((session, conversation) ->
                all.put(DocumentIds.conversation(session), ConversationDocuments.of(conversation)));
        return all;
    }

    /** All documents of {@code stream_archive}, by id. */
    public synchronized Map<String, Document> archive() {
        Map<String, Document> all = new TreeMap<>();
        archives.values()
                .forEach(archive ->
                        ArchiveDocuments.of(archive).forEach(part -> all.put(part.getString(Fields.ID), asRead(part))));
        late.forEach(
                (stream, records) -> all.put(DocumentIds.lateRecords(stream), asRead(lateDocument(stream, records))));
        return all;
    }

    private Document lateDocument(StreamId stream, List<LateRecord> records) {
        StreamArchive archive = Objects.requireNonNull(archives.get(stream));
        return Objects.requireNonNull(ArchiveDocuments.late(
                stream, DocumentIds.conversation(archive.session()), archive.firstOffset(), null, records));
    }

    /** As a driver returns it, with objects as documents. */
    private static Document asRead(Document written) {
        return new DocumentCodec()
                .decode(
                        written.toBsonDocument().asBsonReader(),
                        DecoderContext.builder().build());
    }

    private void runBefore() {
        if (beforeEach != null) {
            beforeEach.run();
        }
    }
}
