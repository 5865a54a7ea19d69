package dev.parley.cli;

import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.audit.StreamAuditor;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.store.read.ArchivedStream;
import dev.parley.store.read.StoredHistory;
import dev.parley.store.read.StoredTurns;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The records of a stream, from the archive if it has the stream, otherwise from Kafka.
 *
 * @param digest in the archive; null if the records are from Kafka
 */
record StreamRecords(
        StreamId stream, int partition, @Nullable String digest, List<SeenRecord> records) {

    static final String KAFKA = "kafka";
    static final String ARCHIVE = "archive";

    /** Empty if neither has the stream. */
    static Optional<StreamRecords> find(Connection connection, StoredHistory history, StreamId id)
            throws TimeoutException {
        Optional<StreamRecords> archived = archived(history, id);
        if (archived.isPresent()) {
            return archived;
        }
        Optional<StoredTurns.Beginning> beginning = history.turns().beginning(id);
        if (beginning.isEmpty()) {
            return Optional.empty();
        }
        int partition = beginning.get().partition();
        List<SeenRecord> records =
                connection.lookup().events(id, partition, beginning.get().offset());
        return records.isEmpty() ? Optional.empty() : Optional.of(new StreamRecords(id, partition, null, records));
    }

    /**
     * From the archive only.
     *
     * @throws IllegalArgumentException if the archive cannot be read
     */
    static Optional<StreamRecords> archived(StoredHistory history, StreamId id) {
        return history.archives()
                .find(id)
                .map(found -> new StreamRecords(
                        id,
                        found.partition(),
                        digestOf(found),
                        found.records().stream()
                                .flatMap(record -> RawRecords.seen(record).stream())
                                .toList()));
    }

    private static String digestOf(ArchivedStream archived) {
        if (archived.digest() == null) {
            throw new IllegalArgumentException("the archive has no digest");
        }
        return archived.digest();
    }

    /** An auditor that has read all records. */
    StreamAuditor auditor() {
        StreamAuditor auditor = new StreamAuditor(stream);
        records.forEach(auditor::add);
        return auditor;
    }

    String source() {
        return digest == null ? KAFKA : ARCHIVE;
    }
}
