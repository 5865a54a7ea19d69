package dev.parley.store.read;

import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.log.RawRecord;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * A stream in the archive.
 *
 * @param digest computed when it was archived
 * @param records all, also those that do not count and the late ones, in the order of the log
 */
public record ArchivedStream(StreamId stream, int partition, String digest, List<RawRecord> records) {

    public ArchivedStream {
        records = List.copyOf(records);
    }

    /** An accepted client-visible event. */
    @SuppressWarnings("ArrayRecordComponent") // not copied: it is read once and sent
    public record Event(long seq, String type, byte[] value, long timeMs) {}

    /**
     * The session of its first record.
     *
     * @throws IllegalArgumentException if there is no record
     */
    public SessionKey session() {
        return records.stream()
                .flatMap(record -> RawRecords.seen(record).stream())
                .map(SeenRecord::session)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the archive has no record"));
    }

    /** The state of the stream after its records. */
    public StreamLog log() {
        StreamLog log = StreamLog.EMPTY;
        for (RawRecord record : records) {
            SeenRecord seen = RawRecords.seen(record).orElse(null);
            if (seen != null && log.accept(seen.entry()) instanceof Verdict.Accepted(StreamLog after)) {
                log = after;
            }
        }
        return log;
    }

    /** The events that clients of the stream received, each with its seq. */
    public List<Event> events() {
        return events(records);
    }

    static List<Event> events(List<RawRecord> records) {
        List<Event> events = new ArrayList<>();
        StreamLog log = StreamLog.EMPTY;
        for (RawRecord record : records) {
            SeenRecord seen = RawRecords.seen(record).orElse(null);
            if (seen != null && log.accept(seen.entry()) instanceof Verdict.Accepted(StreamLog after)) {
                if (after.length() > log.length()) {
                    events.add(new Event(log.length(), seen.type(), record.value(), record.timeMs()));
                }
                log = after;
            }
        }
        return events;
    }
}
