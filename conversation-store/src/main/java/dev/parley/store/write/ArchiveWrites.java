package dev.parley.store.write;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.WriteModel;
import dev.parley.schema.id.StreamId;
import dev.parley.store.document.ArchiveDocuments;
import dev.parley.store.document.DocumentIds;
import dev.parley.store.document.Fields;
import dev.parley.store.document.StoreCollections;
import dev.parley.store.document.TurnStatus;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.StreamArchive;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;

/** The archives of {@link MongoTurnStore}. */
final class ArchiveWrites {

    private static final ReplaceOptions UPSERT = new ReplaceOptions().upsert(true);

    private final MongoCollection<Document> archive;
    private final MongoCollection<Document> messages;

    ArchiveWrites(StoreCollections collections) {
        archive = collections.archive();
        messages = collections.messages();
    }

    void add(List<StreamArchive> ended, List<LateRecord> late) {
        List<StreamArchive> fresh = notStored(ended);
        addParts(fresh);
        Map<String, Document> archived = archivesOf(late);
        Map<StreamId, List<LateRecord>> lateByStream = beyondArchives(late, archived);
        if (!lateByStream.isEmpty()) {
            GuardedWrites.untilWritten(() -> addLate(lateByStream, archived));
        }
        List<StreamId> touched = Stream.concat(
                        fresh.stream().map(StreamArchive::stream), lateByStream.keySet().stream())
                .distinct()
                .toList();
        deleteWithoutTurn(touched);
    }

    /** Those that are not in the store, or begin later there. */
    private List<StreamArchive> notStored(List<StreamArchive> ended) {
        if (ended.isEmpty()) {
            return List.of();
        }
        Map<String, Long> begins = new HashMap<>();
        archive.find(Filters.in(
                        Fields.ID,
                        ended.stream()
                                .map(each -> DocumentIds.archivePart(each.stream(), 0))
                                .toList()))
                .projection(Projections.include(Fields.FIRST_OFFSET))
                .forEach(each -> begins.put(each.getString(Fields.ID), each.getLong(Fields.FIRST_OFFSET)));
        return ended.stream()
                .filter(each -> begins.getOrDefault(DocumentIds.archivePart(each.stream(), 0), Long.MAX_VALUE)
                        > each.firstOffset())
                .toList();
    }

    /** The first parts are written last: where a first part is, all parts are. */
    private void addParts(List<StreamArchive> fresh) {
        List<Document> first = new ArrayList<>();
        List<Document> further = new ArrayList<>();
        for (StreamArchive each : fresh) {
            List<Document> documents = ArchiveDocuments.of(each);
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
            writes.add(new ReplaceOneModel<>(Filters.eq(Fields.ID, each.get(Fields.ID)), each, UPSERT));
        }
        archive.bulkWrite(writes);
    }

    private Map<String, Document> archivesOf(List<LateRecord> late) {
        List<String> ids = late.stream()
                .map(record -> DocumentIds.archivePart(record.stream(), 0))
                .distinct()
                .toList();
        Map<String, Document> found = new HashMap<>();
        if (!ids.isEmpty()) {
            archive.find(Filters.in(Fields.ID, ids))
                    .projection(Projections.include(Fields.CONVERSATION, Fields.FIRST_OFFSET, Fields.LAST_OFFSET))
                    .forEach(each -> found.put(each.getString(Fields.ID), each));
        }
        return found;
    }

    private static Map<StreamId, List<LateRecord>> beyondArchives(
            List<LateRecord> late, Map<String, Document> archived) {
        return late.stream()
                .filter(record -> archived.get(DocumentIds.archivePart(record.stream(), 0)) instanceof Document first
                        && record.raw().offset() > first.getLong(Fields.LAST_OFFSET))
                .collect(Collectors.groupingBy(LateRecord::stream, LinkedHashMap::new, Collectors.toList()));
    }

    private boolean addLate(Map<StreamId, List<LateRecord>> late, Map<String, Document> archived) {
        Map<String, Document> existing = lateDocuments(late.keySet());
        GuardedWrites writes = new GuardedWrites();
        late.forEach((stream, records) -> {
            Document before = existing.get(DocumentIds.lateRecords(stream));
            Document first = Objects.requireNonNull(archived.get(DocumentIds.archivePart(stream, 0)));
            Document after = ArchiveDocuments.late(
                    stream, first.getString(Fields.CONVERSATION), first.getLong(Fields.FIRST_OFFSET), before, records);
            if (after != null && before == null) {
                writes.insert(after);
            } else if (after != null && before != null) {
                writes.replace(before.getLong(Fields.LAST_OFFSET), after);
            }
        });
        return writes.write(archive);
    }

    private Map<String, Document> lateDocuments(Collection<StreamId> streams) {
        Map<String, Document> found = new HashMap<>();
        archive.find(Filters.in(
                        Fields.ID,
                        streams.stream().map(DocumentIds::lateRecords).toList()))
                .forEach(each -> found.put(each.getString(Fields.ID), each));
        return found;
    }

    /**
     * Deletes the archives of turns that are deleted. A deletion may have come between the writes of a turn and of its archive; checked after
     * both, none is missed.
     */
    private void deleteWithoutTurn(List<StreamId> streams) {
        if (streams.isEmpty()) {
            return;
        }
        Set<Object> withTurn = messages
                .find(Filters.in(
                        Fields.ID, streams.stream().map(DocumentIds::turn).toList()))
                .projection(Projections.include(Fields.STATUS))
                .into(new ArrayList<>())
                .stream()
                .filter(turn -> !TurnStatus.DELETED.isOf(turn))
                .map(turn -> turn.get(Fields.ID))
                .collect(Collectors.toSet());
        for (StreamId stream : streams) {
            if (!withTurn.contains(DocumentIds.turn(stream))) {
                delete(stream);
            }
        }
    }

    private void delete(StreamId stream) {
        String firstId = DocumentIds.archivePart(stream, 0);
        List<String> ids = new ArrayList<>(List.of(DocumentIds.lateRecords(stream), firstId));
        Document first = archive.find(Filters.eq(Fields.ID, firstId))
                .projection(Projections.include(Fields.PARTS))
                .first();
        for (int part = 1; first != null && part < first.getInteger(Fields.PARTS); part++) {
            ids.add(DocumentIds.archivePart(stream, part));
        }
        archive.deleteMany(Filters.in(Fields.ID, ids));
    }

    /** Deletes the archives of a conversation that begin before an offset. */
    void delete(String conversation, long before) {
        archive.deleteMany(
                Filters.and(Filters.eq(Fields.CONVERSATION, conversation), Filters.lt(Fields.FIRST_OFFSET, before)));
    }
}
