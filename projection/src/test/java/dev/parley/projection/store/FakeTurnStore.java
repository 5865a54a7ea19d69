package dev.parley.projection.store;

import dev.parley.projection.turn.AppliedDeletion;
import dev.parley.projection.turn.Conversation;
import dev.parley.projection.turn.ConversationStep;
import dev.parley.projection.turn.LateRecord;
import dev.parley.projection.turn.Outcome;
import dev.parley.projection.turn.Place;
import dev.parley.projection.turn.StreamArchive;
import dev.parley.projection.turn.Turn;
import dev.parley.schema.archive.ArchiveReader;
import dev.parley.schema.archive.RawRecord;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
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

/** The contract in memory, said as plainly as possible: what the database has to agree with. */
public class FakeTurnStore implements TurnStore {

    private final Map<String, Turn> turns = new TreeMap<>();
    private final Map<SessionKey, Conversation> conversations = new HashMap<>();
    private final Map<StreamId, StreamArchive> archives = new HashMap<>();
    private final Map<StreamId, List<LateRecord>> late = new HashMap<>();
    private @Nullable Runnable beforeEach;

    /** Run before each call that writes: it may throw, as a store does that is away. */
    public void before(Runnable action) {
        beforeEach = action;
    }

    @Override
    public void prepare() {}

    @Override
    public synchronized Set<StreamId> save(List<Draft> drafts) {
        gate();
        Set<StreamId> neverWere = new HashSet<>();
        for (Draft draft : drafts) {
            Turn turn = draft.turn();
            Turn there = turns.get(TurnDocuments.id(turn.stream()));
            if (there == null) {
                turns.put(TurnDocuments.id(turn.stream()), turn);
                continue;
            }
            boolean isForgotten = there.outcome() instanceof Outcome.Forgotten;
            boolean isNewLife =
                    isForgotten && turn.trace().folded() >= there.trace().lastOffset();
            boolean isOldLife = there.trace().folded() >= turn.trace().firstOffset();
            if (there.trace().firstOffset() < turn.trace().firstOffset()
                    ? isNewLife
                    : !isOldLife && isAhead(turn, there)) {
                turns.put(TurnDocuments.id(turn.stream()), turn);
            } else if (there.trace().firstOffset() != turn.trace().firstOffset()) {
                neverWere.add(turn.stream());
            }
        }
        return neverWere;
    }

    private static boolean isAhead(Turn turn, Turn there) {
        return there.trace().firstOffset() > turn.trace().firstOffset()
                || there.trace().lastOffset() < turn.trace().lastOffset();
    }

    @Override
    public synchronized void forget(List<ConversationStep.Deleted> deletions) {
        gate();
        deletions.forEach(this::forget);
    }

    private void forget(ConversationStep.Deleted deleted) {
        turns.replaceAll((id, turn) -> forgotten(turn, deleted));
        dropForgotten();
        archives.values()
                .removeIf(archive ->
                        archive.session().equals(deleted.session()) && archive.firstOffset() < deleted.offset());
        late.keySet().removeIf(stream -> !archives.containsKey(stream));
    }

    @Override
    public synchronized void apply(List<ConversationStep> steps) {
        gate();
        for (ConversationStep step : steps) {
            if (step instanceof ConversationStep.Deleted deleted) {
                forget(deleted);
            }
            conversations.put(
                    step.session(),
                    conversations
                            .getOrDefault(step.session(), Conversation.unknown(step.session()))
                            .after(step));
        }
    }

    @Override
    public synchronized void archive(List<StreamArchive> ended, List<LateRecord> more) {
        gate();
        for (StreamArchive archive : ended) {
            StreamArchive there = archives.get(archive.stream());
            if (there == null || there.firstOffset() > archive.firstOffset()) {
                archives.put(archive.stream(), archive);
            }
        }
        for (LateRecord record : more) {
            StreamArchive archive = archives.get(record.stream());
            if (archive == null || record.raw().offset() <= archive.lastOffset()) {
                continue;
            }
            List<LateRecord> its = late.computeIfAbsent(record.stream(), stream -> new ArrayList<>());
            if (its.stream()
                    .noneMatch(each -> each.raw().offset() == record.raw().offset())) {
                its.add(record);
            }
        }
        dropForgotten();
    }

    private void dropForgotten() {
        archives.keySet().removeIf(this::isForgotten);
        late.keySet().removeIf(this::isForgotten);
    }

    private boolean isForgotten(StreamId stream) {
        Turn turn = turns.get(TurnDocuments.id(stream));
        return turn == null || turn.outcome() instanceof Outcome.Forgotten;
    }

    /** Every record that is kept of a stream, in the order of the log. */
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

    private @Nullable Document lateDocument(StreamId stream, List<LateRecord> records) {
        StreamArchive archive = Objects.requireNonNull(archives.get(stream));
        return ArchiveDocuments.late(stream, RecordKey.of(archive.session()), archive.firstOffset(), null, records);
    }

    /** All of {@code stream_archive}, by id. */
    public synchronized Map<String, Document> archive() {
        Map<String, Document> all = new TreeMap<>();
        archives.values()
                .forEach(archive -> ArchiveDocuments.of(archive)
                        .forEach(part -> all.put(part.getString(TurnDocuments.ID), asRead(part))));
        late.forEach((stream, records) -> all.put(
                ArchiveDocuments.lateId(stream), asRead(Objects.requireNonNull(lateDocument(stream, records)))));
        return all;
    }

    @Override
    public synchronized Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions) {
        Map<SessionKey, List<AppliedDeletion>> deletions = new HashMap<>();
        sessions.forEach(session -> deletions.put(
                session,
                conversations
                        .getOrDefault(session, Conversation.unknown(session))
                        .deletions()));
        return deletions;
    }

    private static Turn forgotten(Turn turn, ConversationStep.Deleted deleted) {
        boolean before = turn.session().equals(deleted.session())
                && turn.trace().firstOffset() < deleted.offset()
                && !(turn.outcome() instanceof Outcome.Forgotten);
        return before ? turn.forgotten(new Place(turn.trace().partition(), deleted.offset(), deleted.at())) : turn;
    }

    /** All of {@code messages}, by id. */
    public synchronized Map<String, Document> messages() {
        Map<String, Document> all = new TreeMap<>();
        turns.values().forEach(turn -> all.put(TurnDocuments.id(turn.stream()), asRead(TurnDocuments.of(turn))));
        return all;
    }

    /** As a driver gives it back: what is inside is a document too. */
    private static Document asRead(Document written) {
        return new DocumentCodec()
                .decode(
                        written.toBsonDocument().asBsonReader(),
                        DecoderContext.builder().build());
    }

    /** All of {@code conversations}, by id. */
    public synchronized Map<String, Document> conversations() {
        Map<String, Document> all = new TreeMap<>();
        conversations.forEach((session, conversation) ->
                all.put(ConversationDocuments.id(session), ConversationDocuments.of(conversation)));
        return all;
    }

    private void gate() {
        if (beforeEach != null) {
            beforeEach.run();
        }
    }
}
