package dev.parley.projection.store;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.WriteModel;
import dev.parley.projection.turn.LateRecord;
import dev.parley.projection.turn.StreamArchive;
import dev.parley.schema.id.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;

/** The part of the store that keeps archives. */
final class MongoArchive {

    private static final ReplaceOptions UPSERT = new ReplaceOptions().upsert(true);
    private static final int MAX_LOOKS = 20;

    private final MongoCollection<Document> archives;
    private final MongoCollection<Document> messages;

    MongoArchive(MongoCollection<Document> archives, MongoCollection<Document> messages) {
        this.archives = archives;
        this.messages = messages;
    }

    void prepare() {
        archives.createIndex(Indexes.ascending(TurnDocuments.CONVERSATION, TurnDocuments.FIRST_OFFSET));
        archives.createIndex(Indexes.ascending("ended_at"));
        archives.createIndex(
                Indexes.ascending(TurnDocuments.ID, TurnDocuments.LAST_OFFSET), new IndexOptions().unique(true));
    }

    void add(List<StreamArchive> ended, List<LateRecord> late) {
        List<StreamArchive> fresh = unknown(ended);
        addParts(fresh);
        Map<String, Document> archived = archivesOf(late);
        Map<StreamId, List<LateRecord>> lateByStream = beyondArchives(late, archived);
        addLate(lateByStream, archived);
        List<StreamId> touched = Stream.concat(
                        fresh.stream().map(StreamArchive::stream), lateByStream.keySet().stream())
                .distinct()
                .toList();
        removeForgotten(touched);
    }

    /** A deletion may have come between the saving of a turn and of its archive: looked at when both are there, none is missed. */
    private void removeForgotten(List<StreamId> streams) {
        if (streams.isEmpty()) {
            return;
        }
        Set<Object> known = messages
                .find(Filters.in(
                        TurnDocuments.ID,
                        streams.stream().map(TurnDocuments::id).toList()))
                .projection(Projections.include(TurnDocuments.STATUS))
                .into(new ArrayList<>())
                .stream()
                .filter(turn -> !TurnDocuments.DELETED.equals(turn.getString(TurnDocuments.STATUS)))
                .map(turn -> turn.get(TurnDocuments.ID))
                .collect(Collectors.toSet());
        for (StreamId stream : streams) {
            if (!known.contains(TurnDocuments.id(stream))) {
                remove(stream);
            }
        }
    }

    private void remove(StreamId stream) {
        List<String> ids = new ArrayList<>(List.of(ArchiveDocuments.lateId(stream), ArchiveDocuments.id(stream, 0)));
        Document first = archives.find(Filters.eq(TurnDocuments.ID, ArchiveDocuments.id(stream, 0)))
                .projection(Projections.include("parts"))
                .first();
        for (int part = 1; first != null && part < first.getInteger("parts"); part++) {
            ids.add(ArchiveDocuments.id(stream, part));
        }
        archives.deleteMany(Filters.in(TurnDocuments.ID, ids));
    }

    private Map<StreamId, List<LateRecord>> beyondArchives(List<LateRecord> late, Map<String, Document> archived) {
        return late.stream()
                .filter(record -> archived.get(ArchiveDocuments.id(record.stream(), 0)) instanceof Document archive
                        && record.raw().offset() > archive.getLong(TurnDocuments.LAST_OFFSET))
                .collect(Collectors.groupingBy(LateRecord::stream, LinkedHashMap::new, Collectors.toList()));
    }

    private Map<String, Document> archivesOf(List<LateRecord> late) {
        List<String> ids = late.stream()
                .map(record -> ArchiveDocuments.id(record.stream(), 0))
                .distinct()
                .toList();
        Map<String, Document> found = new HashMap<>();
        if (!ids.isEmpty()) {
            archives.find(Filters.in(TurnDocuments.ID, ids))
                    .projection(Projections.include(
                            TurnDocuments.CONVERSATION, TurnDocuments.FIRST_OFFSET, TurnDocuments.LAST_OFFSET))
                    .forEach(each -> found.put(each.getString(TurnDocuments.ID), each));
        }
        return found;
    }

    private Map<String, Long> numbers(List<String> ids, String field) {
        Map<String, Long> found = new HashMap<>();
        archives.find(Filters.in(TurnDocuments.ID, ids))
                .projection(Projections.include(field))
                .forEach(each -> found.put(each.getString(TurnDocuments.ID), each.getLong(field)));
        return found;
    }

    /** Those that are not there, or begin later there. */
    private List<StreamArchive> unknown(List<StreamArchive> ended) {
        if (ended.isEmpty()) {
            return List.of();
        }
        List<String> ids = ended.stream()
                .map(archive -> ArchiveDocuments.id(archive.stream(), 0))
                .toList();
        Map<String, Long> begins = numbers(ids, TurnDocuments.FIRST_OFFSET);
        return ended.stream()
                .filter(archive -> begins.getOrDefault(ArchiveDocuments.id(archive.stream(), 0), Long.MAX_VALUE)
                        > archive.firstOffset())
                .toList();
    }

    /** The first part goes last: where it is, all are. */
    private void addParts(List<StreamArchive> fresh) {
        List<Document> first = new ArrayList<>();
        List<Document> further = new ArrayList<>();
        for (StreamArchive archive : fresh) {
            List<Document> documents = ArchiveDocuments.of(archive);
            first.add(documents.getFirst());
            further.addAll(documents.subList(1, documents.size()));
        }
        put(further);
        put(first);
    }

    private void put(List<Document> documents) {
        if (documents.isEmpty()) {
            return;
        }
        List<WriteModel<Document>> writes = new ArrayList<>();
        for (Document each : documents) {
            writes.add(new ReplaceOneModel<>(Filters.eq(TurnDocuments.ID, each.get(TurnDocuments.ID)), each, UPSERT));
        }
        archives.bulkWrite(writes);
    }

    private void addLate(Map<StreamId, List<LateRecord>> late, Map<String, Document> archived) {
        boolean added = late.isEmpty();
        for (int look = 0; !added; look++) {
            if (look == MAX_LOOKS) {
                throw new IllegalStateException("others write faster than can be compared");
            }
            added = addLateAsFound(late, archived);
        }
    }

    private boolean addLateAsFound(Map<StreamId, List<LateRecord>> late, Map<String, Document> archived) {
        Map<String, Document> there = new HashMap<>();
        archives.find(Filters.in(
                        TurnDocuments.ID,
                        late.keySet().stream().map(ArchiveDocuments::lateId).toList()))
                .forEach(each -> there.put(each.getString(TurnDocuments.ID), each));
        GuardedWrites writes = new GuardedWrites();
        late.forEach((stream, records) -> {
            Document before = there.get(ArchiveDocuments.lateId(stream));
            Document archive = Objects.requireNonNull(archived.get(ArchiveDocuments.id(stream, 0)));
            Document after = ArchiveDocuments.late(
                    stream,
                    archive.getString(TurnDocuments.CONVERSATION),
                    archive.getLong(TurnDocuments.FIRST_OFFSET),
                    before,
                    records);
            if (after != null && before == null) {
                writes.insert(after);
            } else if (after != null && before != null) {
                writes.replace(before.getLong(TurnDocuments.LAST_OFFSET), after);
            }
        });
        return writes.write(archives);
    }

    void forget(String conversation, long before) {
        archives.deleteMany(Filters.and(
                Filters.eq(TurnDocuments.CONVERSATION, conversation), Filters.lt(TurnDocuments.FIRST_OFFSET, before)));
    }
}
