package dev.parley.store.read;

import static dev.parley.store.document.DocumentValues.number;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import dev.parley.schema.audit.StreamDigest;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.RawRecord;
import dev.parley.store.archive.ArchiveReader;
import dev.parley.store.document.ArchiveDocuments;
import dev.parley.store.document.DocumentIds;
import dev.parley.store.document.Fields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bson.Document;

/**
 * What the documents of one archive contain.
 *
 * @param first the document with the first part, which describes the whole
 * @param records to the end of the stream
 * @param late those that came after it
 */
public record ArchiveContent(Document first, List<RawRecord> records, List<RawRecord> late) {

    /**
     * Empty if the stream is not archived.
     *
     * @throws IllegalArgumentException if a part is missing or damaged
     */
    public static Optional<ArchiveContent> read(MongoCollection<Document> archive, StreamId stream) {
        String firstId = DocumentIds.archivePart(stream, 0);
        String lateId = DocumentIds.lateRecords(stream);
        Map<String, Document> found = find(archive, List.of(firstId, lateId));
        Document first = found.get(firstId);
        if (first == null) {
            return Optional.empty();
        }
        Document late = found.get(lateId);
        return Optional.of(new ArchiveContent(
                first,
                ArchiveReader.read(stream, parts(archive, stream, first)),
                late == null ? List.of() : ArchiveDocuments.lateRecords(stream, late)));
    }

    private static List<byte[]> parts(MongoCollection<Document> archive, StreamId stream, Document first) {
        List<String> further = IntStream.range(1, (int) number(first, Fields.PARTS))
                .mapToObj(part -> DocumentIds.archivePart(stream, part))
                .toList();
        Map<String, Document> found = further.isEmpty() ? Map.of() : find(archive, further);
        List<byte[]> parts = new ArrayList<>(List.of(ArchiveDocuments.data(first)));
        for (String part : further) {
            Document document = found.get(part);
            if (document == null) {
                throw new IllegalArgumentException("a part is missing");
            }
            parts.add(ArchiveDocuments.data(document));
        }
        return parts;
    }

    private static Map<String, Document> find(MongoCollection<Document> archive, Collection<String> ids) {
        Map<String, Document> found = new HashMap<>();
        archive.find(Filters.in(Fields.ID, ids)).forEach(each -> found.put(each.getString(Fields.ID), each));
        return found;
    }

    /** Whether the records have the digest that was computed when they were archived. */
    public boolean hasItsDigest() {
        StreamDigest digest = new StreamDigest();
        ArchivedStream.events(records).forEach(event -> digest.add(event.value()));
        return digest.hex().equals(first.getString(Fields.DIGEST));
    }

    /** As a stream with all its records. */
    public ArchivedStream stream(StreamId stream) {
        List<RawRecord> all = new ArrayList<>(records);
        all.addAll(late);
        return new ArchivedStream(stream, (int) number(first, Fields.PARTITION), first.getString(Fields.DIGEST), all);
    }
}
