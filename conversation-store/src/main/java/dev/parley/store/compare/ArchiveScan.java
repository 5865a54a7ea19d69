package dev.parley.store.compare;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import dev.parley.schema.id.StreamId;
import dev.parley.store.StoreConnection;
import dev.parley.store.document.DocumentIds;
import dev.parley.store.document.Fields;
import dev.parley.store.read.ArchiveContent;
import dev.parley.store.read.ArchivedStream;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.bson.Document;

/** Reads the archived streams one after the other, for a rebuild. */
public final class ArchiveScan {

    private final MongoCollection<Document> archive;

    public ArchiveScan(StoreConnection connection) {
        archive = connection.collections().archive();
    }

    /**
     * An archive that cannot be read, or whose records have another digest than when they were archived.
     *
     * @param turn the id of the stream's turn
     * @param conversation its id; empty if it cannot be read either
     */
    public record Damaged(String turn, String conversation) {}

    /**
     * Reads the streams that begin before these offsets, oldest first.
     *
     * @param beginnings an offset for each partition
     * @param damaged is given those that cannot be given to the reader
     */
    public void readBefore(Map<Integer, Long> beginnings, Consumer<ArchivedStream> reader, Consumer<Damaged> damaged) {
        try (MongoCursor<Document> found = archive.find(Filters.exists(Fields.PARTS))
                .projection(Projections.exclude(Fields.DATA))
                .sort(Sorts.ascending(Fields.FIRST_OFFSET))
                .cursor()) {
            while (found.hasNext()) {
                Document first = found.next();
                if (first.getLong(Fields.FIRST_OFFSET)
                        < beginnings.getOrDefault(first.getInteger(Fields.PARTITION), 0L)) {
                    read(first).ifPresentOrElse(reader, () -> damaged.accept(damaged(first)));
                }
            }
        }
    }

    /** Empty if it is damaged. */
    private Optional<ArchivedStream> read(Document first) {
        try {
            StreamId stream = StreamId.of(first.getString(Fields.USER_ID), first.getString(Fields.MESSAGE_ID));
            return ArchiveContent.read(archive, stream)
                    .filter(ArchiveContent::hasItsDigest)
                    .map(content -> content.stream(stream));
        } catch (MongoException e) {
            throw e;
        } catch (RuntimeException e) { // whatever is missing in the documents, or has another type
            return Optional.empty();
        }
    }

    private static Damaged damaged(Document first) {
        return new Damaged(
                DocumentIds.turnOfArchive(first.getString(Fields.ID)),
                Objects.requireNonNullElse(first.getString(Fields.CONVERSATION), ""));
    }
}
