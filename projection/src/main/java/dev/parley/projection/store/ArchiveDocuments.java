package dev.parley.projection.store;

import dev.parley.projection.turn.LateRecord;
import dev.parley.projection.turn.StreamArchive;
import dev.parley.schema.archive.ArchiveReader;
import dev.parley.schema.archive.ArchiveWriter;
import dev.parley.schema.archive.RawHeader;
import dev.parley.schema.archive.RawRecord;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.Document;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives as documents of {@code stream_archive}: {@code <stream>#0} with the first part and all that is said of the whole, further parts
 * as {@code <stream>#1} and so on, and {@code <stream>#late} with what came when it was over.
 */
final class ArchiveDocuments {

    static final String LATE_ENDING = "#late";

    /** So many late records are kept of a stream, the first ones; a writer that goes on for ever must not fill the store. */
    static final int MAX_LATE = 2_000;

    /** And so many bytes of them, the last one may go beyond: a document has to fit into MongoDB's 16 MiB. */
    static final long MAX_LATE_BYTES = 8 * 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(ArchiveDocuments.class);

    private static final String DATA = "data";

    private ArchiveDocuments() {}

    static String id(StreamId stream, int part) {
        return TurnDocuments.id(stream) + "#" + part;
    }

    static String lateId(StreamId stream) {
        return TurnDocuments.id(stream) + LATE_ENDING;
    }

    /** In the order of the parts. */
    static List<Document> of(StreamArchive archive) {
        List<Document> documents = new ArrayList<>();
        for (int part = 0; part < archive.parts().size(); part++) {
            Document document = new Document(TurnDocuments.ID, id(archive.stream(), part))
                    .append(TurnDocuments.CONVERSATION, RecordKey.of(archive.session()))
                    .append(TurnDocuments.FIRST_OFFSET, archive.firstOffset())
                    .append(TurnDocuments.LAST_OFFSET, archive.lastOffset());
            if (part == 0) {
                addSummary(document, archive);
            }
            documents.add(document.append(DATA, new Binary(archive.parts().get(part))));
        }
        return documents;
    }

    private static void addSummary(Document document, StreamArchive archive) {
        Document dropped = new Document();
        new TreeMap<>(archive.dropped()).forEach((reason, count) -> dropped.append(reason.wireName(), count));
        document.append("user_id", archive.stream().user().value())
                .append("message_id", archive.stream().message().value())
                .append("format", ArchiveWriter.FORMAT)
                .append("partition", archive.partition())
                .append("parts", archive.parts().size())
                .append("records", archive.records())
                .append("events", archive.events())
                .append("dropped", dropped)
                .append("digest", archive.digest())
                .append("ended_at", Date.from(archive.endedAt()));
    }

    /**
     * With what is there and what is new, each once and in the order of the log; null if there is nothing new. What is there and cannot be
     * read is given up.
     *
     * @param conversation of the stream, whatever the keys of the records say
     * @param streamBegins the offset of the stream's start: what deletes the stream deletes this
     */
    static @Nullable Document late(
            StreamId stream, String conversation, long streamBegins, @Nullable Document there, List<LateRecord> more) {
        Map<Long, RawRecord> all = new TreeMap<>();
        if (there != null) {
            readable(stream, there).forEach(record -> all.put(record.offset(), record));
        }
        int before = all.size();
        more.forEach(record -> all.putIfAbsent(record.raw().offset(), record.raw()));
        List<RawRecord> kept = first(all.values());
        boolean sameAsBefore = there != null
                && kept.size() == before
                && kept.getLast().offset() == there.getLong(TurnDocuments.LAST_OFFSET);
        if (sameAsBefore) {
            return null;
        }
        ArchiveWriter writer = new ArchiveWriter(stream);
        kept.forEach(record -> writer.add(record, false));
        return new Document(TurnDocuments.ID, lateId(stream))
                .append(TurnDocuments.CONVERSATION, conversation)
                .append(TurnDocuments.FIRST_OFFSET, streamBegins)
                .append(TurnDocuments.LAST_OFFSET, kept.getLast().offset())
                .append("records", (long) kept.size())
                .append(DATA, writer.parts().stream().map(Binary::new).toList());
    }

    private static List<RawRecord> first(Collection<RawRecord> all) {
        List<RawRecord> kept = new ArrayList<>();
        long bytes = 0;
        for (RawRecord record : all) {
            if (kept.size() == MAX_LATE || bytes >= MAX_LATE_BYTES) {
                break;
            }
            kept.add(record);
            bytes += bytesOf(record);
        }
        return kept;
    }

    private static long bytesOf(RawRecord record) {
        long bytes = record.value().length;
        for (RawHeader header : record.headers()) {
            bytes += header.name().length() + header.value().length;
        }
        return bytes;
    }

    private static List<RawRecord> readable(StreamId stream, Document late) {
        try {
            return records(stream, late);
        } catch (IllegalArgumentException e) {
            log.warn(
                    "what came late of the stream that begins at offset {} is damaged; it begins anew",
                    late.getLong(TurnDocuments.FIRST_OFFSET));
            return List.of();
        }
    }

    /** @throws IllegalArgumentException if it is damaged */
    static List<RawRecord> records(StreamId stream, Document late) {
        return ArchiveReader.read(
                stream,
                late.getList(DATA, Binary.class).stream().map(Binary::getData).toList());
    }
}
