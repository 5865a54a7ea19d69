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
 * The records of a stream, from the archive if it is there, else from Kafka.
 *
 * @param digest that the archive keeps; null if it is from Kafka
 */
record Streams(StreamId stream, int partition, @Nullable String digest, List<SeenRecord> records) {

    static final String KAFKA = "kafka";
    static final String ARCHIVE = "archive";

    /** Empty if neither knows it. */
    static Optional<Streams> find(Connection connection, StoredHistory history, StreamId id) throws TimeoutException {
        Optional<Streams> archived = archived(history, id);
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
        return records.isEmpty() ? Optional.empty() : Optional.of(new Streams(id, partition, null, records));
    }

    /**
     * From the archive alone.
     *
     * @throws IllegalArgumentException if what is archived cannot be read
     */
    static Optional<Streams> archived(StoredHistory history, StreamId id) {
        return history.archives()
                .find(id)
                .map(found -> new Streams(
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

    /** That has read them all. */
    StreamAuditor auditor() {
        StreamAuditor auditor = new StreamAuditor(stream);
        records.forEach(auditor::add);
        return auditor;
    }

    String source() {
        return digest == null ? KAFKA : ARCHIVE;
    }
}
