package dev.parley.projection.turn;

import dev.parley.schema.audit.StreamDigest;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.RawRecord;
import dev.parley.store.archive.ArchiveReader;
import dev.parley.store.archive.ArchiveWriter;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.Outcome;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.turn.Turn;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects the records of an unfinished stream for its archive. Not thread-safe. */
final class StreamCollector {

    private final StreamId stream;
    private final SessionKey session;
    private final ArchiveWriter writer;
    private final StreamDigest digest = new StreamDigest();
    private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
    private final long firstOffset;
    private long lastOffset;
    private long records;

    StreamCollector(LogRecord.OfStream start) {
        stream = start.stream();
        session = start.session();
        writer = new ArchiveWriter(stream);
        firstOffset = start.raw().offset();
    }

    void accepted(LogRecord.OfStream record) {
        switch (record.entry()) {
            case Entry.Start _, Entry.Event _, Entry.Terminal _ -> digest.add(record.value());
            case Entry.Takeover _, Entry.Keepalive _, Entry.Released _ -> {}
        }
        add(record.raw(), true);
    }

    void dropped(LogRecord.OfStream record, DropReason reason) {
        dropped.merge(reason, 1L, Long::sum);
        add(record.raw(), false);
    }

    private void add(RawRecord record, boolean counts) {
        writer.add(record, counts);
        lastOffset = record.offset();
        records++;
    }

    /** Call this once, at the end of the turn. */
    StreamArchive finish(Turn turn, Outcome.Over end) {
        return new StreamArchive(
                stream,
                session,
                turn.trace().partition(),
                firstOffset,
                lastOffset,
                end.at(),
                records,
                turn.trace().events(),
                dropped,
                digest.hex(),
                writer.parts());
    }

    /** The collected records as late ones, for a stream that was discarded. */
    List<LateRecord> asLate() {
        return asLate(stream, session, writer.parts());
    }

    static List<LateRecord> asLate(StreamId stream, SessionKey session, List<byte[]> parts) {
        return ArchiveReader.read(stream, parts).stream()
                .map(raw -> new LateRecord(stream, session, raw))
                .toList();
    }
}
