package dev.parley.store.document;

import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.RawHeader;
import dev.parley.schema.log.RawRecord;
import dev.parley.store.archive.ArchiveReader;
import dev.parley.store.archive.ArchiveWriter;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.StreamArchive;
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
 * Archives as documents of {@code stream_archive}: {@code <stream>#0} with the first part and the description of the whole, further parts as
 * {@code <stream>#1} and so on, and {@code <stream>#late} with the records that came after the end.
 */
public final class ArchiveDocuments {

    /** Only the first late records of a stream are kept, because a writer that never stops must not fill the store. */
    static final int MAX_LATE = 2_000;

    /** The values and headers of the kept ones; the last one may exceed it. A document has to fit into MongoDB's 16 MiB. */
    static final long MAX_LATE_BYTES = 8 * 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(ArchiveDocuments.class);

    private ArchiveDocuments() {}

    /** In the order of the parts. */
    public static List<Document> of(StreamArchive archive) {
        List<Document> documents = new ArrayList<>();
        for (int part = 0; part < archive.parts().size(); part++) {
            Document document = new Document(Fields.ID, DocumentIds.archivePart(archive.stream(), part))
                    .append(Fields.CONVERSATION, DocumentIds.conversation(archive.session()))
                    .append(Fields.FIRST_OFFSET, archive.firstOffset())
                    .append(Fields.LAST_OFFSET, archive.lastOffset());
            if (part == 0) {
                addSummary(document, archive);
            }
            documents.add(
                    document.append(Fields.DATA, new Binary(archive.parts().get(part))));
        }
        return documents;
    }

    private static void addSummary(Document document, StreamArchive archive) {
        Document dropped = new Document();
        new TreeMap<>(archive.dropped()).forEach((reason, count) -> dropped.append(reason.wireName(), count));
        document.append(Fields.USER_ID, archive.stream().user().value())
                .append(Fields.MESSAGE_ID, archive.stream().message().value())
                .append(Fields.FORMAT, ArchiveWriter.FORMAT)
                .append(Fields.PARTITION, archive.partition())
                .append(Fields.PARTS, archive.parts().size())
                .append(Fields.RECORDS, archive.records())
                .append(Fields.EVENTS, archive.events())
                .append(Fields.DROPPED, dropped)
                .append(Fields.DIGEST, archive.digest())
                .append(Fields.ENDED_AT, Date.from(archive.endedAt()));
    }

    /**
     * The late records of a stream, each once and in the order of the log. A document that cannot be read is replaced.
     *
     * @param conversation of the stream, whatever the keys of the records name
     * @param streamBegin the offset of the stream's start: a deletion of the stream deletes the document too
     * @param existing the document with the late records so far
     * @return null if nothing changes
     */
    public static @Nullable Document late(
            StreamId stream,
            String conversation,
            long streamBegin,
            @Nullable Document existing,
            List<LateRecord> more) {
        Map<Long, RawRecord> all = new TreeMap<>();
        if (existing != null) {
            readable(stream, existing).forEach(record -> all.put(record.offset(), record));
        }
        int before = all.size();
        more.forEach(record -> all.putIfAbsent(record.raw().offset(), record.raw()));
        List<RawRecord> kept = first(all.values());
        boolean unchanged = existing != null
                && kept.size() == before
                && kept.getLast().offset() == existing.getLong(Fields.LAST_OFFSET);
        if (unchanged) {
            return null;
        }
        ArchiveWriter writer = new ArchiveWriter(stream);
        kept.forEach(record -> writer.add(record, false));
        return new Document(Fields.ID, DocumentIds.lateRecords(stream))
                .append(Fields.CONVERSATION, conversation)
                .append(Fields.FIRST_OFFSET, streamBegin)
                .append(Fields.LAST_OFFSET, kept.getLast().offset())
                .append(Fields.RECORDS, (long) kept.size())
                .append(Fields.DATA, writer.parts().stream().map(Binary::new).toList());
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
            return lateRecords(stream, late);
        } catch (IllegalArgumentException e) {
            log.warn(
                    "Late records of the stream that begins at offset {} cannot be read ({}); they are replaced by the ones that follow",
                    late.getLong(Fields.FIRST_OFFSET),
                    e.getMessage());
            return List.of();
        }
    }

    /** @throws IllegalArgumentException if the document is damaged */
    public static List<RawRecord> lateRecords(StreamId stream, Document late) {
        List<byte[]> parts = new ArrayList<>();
        if (late.get(Fields.DATA) instanceof List<?> all) {
            for (Object part : all) {
                if (part instanceof Binary data) {
                    parts.add(data.getData());
                }
            }
        }
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("the late records have no data");
        }
        return ArchiveReader.read(stream, parts);
    }

    /**
     * The bytes of a part.
     *
     * @throws IllegalArgumentException if the document is damaged
     */
    public static byte[] data(Document part) {
        if (part.get(Fields.DATA) instanceof Binary data) {
            return data.getData();
        }
        throw new IllegalArgumentException("a part of the archive has no data");
    }
}
