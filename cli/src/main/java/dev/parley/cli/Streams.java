package dev.parley.cli;

import dev.parley.gateway.history.ArchivedStream;
import dev.parley.gateway.history.History;
import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RawRecords;
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

    /** Empty if neither knows it. */
    static Optional<Streams> find(Connection connection, History history, StreamId id) throws TimeoutException {
        Optional<ArchivedStream> archived = history.archived(id);
        if (archived.isPresent()) {
            ArchivedStream found = archived.get();
            List<SeenRecord> records = found.records().stream()
                    .flatMap(record -> RawRecords.seen(record).stream())
                    .toList();
            return Optional.of(new Streams(id, found.partition(), found.digest(), records));
        }
        Optional<History.Beginning> beginning = history.beginning(id);
        if (beginning.isEmpty()) {
            return Optional.empty();
        }
        int partition = beginning.get().partition();
        List<SeenRecord> records =
                connection.lookup().events(id, partition, beginning.get().offset());
        return records.isEmpty() ? Optional.empty() : Optional.of(new Streams(id, partition, null, records));
    }

    String source() {
        return digest == null ? "kafka" : "archive";
    }
}
