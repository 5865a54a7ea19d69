package dev.parley.store.read;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.log.RawRecord;
import dev.parley.store.document.DocumentIds;
import dev.parley.store.document.Fields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;

/** Reads the archived streams. */
public final class StoredArchives {

    private final MongoCollection<Document> archive;
    private final RecentDeletions deletions;

    StoredArchives(MongoCollection<Document> archive, RecentDeletions deletions) {
        this.archive = archive;
        this.deletions = deletions;
    }

    /**
     * A finished stream with all of its records.
     *
     * @throws IllegalArgumentException if the archive cannot be read
     */
    public Optional<ArchivedStream> find(StreamId stream) {
        return ArchiveContent.read(archive, stream)
                .map(content -> content.stream(stream))
                .filter(archived -> !isHidden(archived.records()));
    }

    private boolean isHidden(List<RawRecord> records) {
        return !records.isEmpty()
                && deletions.hides(
                        RecordKey.parse(records.getFirst().key()),
                        records.getFirst().offset());
    }

    /** The digest that was computed when the stream was archived. */
    public Optional<String> digest(StreamId stream) {
        return Optional.ofNullable(archive.find(Filters.eq(Fields.ID, DocumentIds.archivePart(stream, 0)))
                        .first())
                .map(first -> first.getString(Fields.DIGEST));
    }

    /** The streams that ended at this time or later, in the order of their ends. */
    public List<StreamId> endedSince(Instant time) {
        return archive.find(Filters.and(Filters.exists(Fields.PARTS), Filters.gte(Fields.ENDED_AT, Date.from(time))))
                .projection(Projections.include(Fields.USER_ID, Fields.MESSAGE_ID))
                .sort(Sorts.ascending(Fields.ENDED_AT))
                .map(first -> StreamId.of(first.getString(Fields.USER_ID), first.getString(Fields.MESSAGE_ID)))
                .into(new ArrayList<>());
    }
}
