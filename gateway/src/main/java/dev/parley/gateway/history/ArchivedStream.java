package dev.parley.gateway.history;

import dev.parley.schema.archive.RawRecord;
import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * A stream as the archive has it.
 *
 * @param digest that was taken when it was archived
 * @param records all of them, also those that do not count and those that came when it was over, in the order of the log
 */
public record ArchivedStream(StreamId stream, int partition, String digest, List<RawRecord> records) {

    public ArchivedStream {
        records = List.copyOf(records);
    }

    /** An accepted client-visible event. */
    @SuppressWarnings("ArrayRecordComponent") // handed from the one who read it to the one who writes it
    public record Event(long seq, String type, byte[] value, long timeMs) {}

    /** The session of its first record. @throws IllegalArgumentException if there is none */
    public SessionKey session() {
        return records.stream()
                .flatMap(record -> RawRecords.seen(record).stream())
                .map(SeenRecord::session)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("an archive without a record"));
    }

    /** How its records leave it. */
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

    /** What the stream's clients got, each at its seq. */
    public List<Event> events() {
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
