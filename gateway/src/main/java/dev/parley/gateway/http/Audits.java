package dev.parley.gateway.http;

import dev.parley.gateway.history.ArchivedStream;
import dev.parley.gateway.history.History;
import dev.parley.gateway.relay.Known;
import dev.parley.gateway.relay.Relay;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.audit.Audit;
import dev.parley.schema.audit.Origins;
import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.audit.StreamAuditor;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.kafka.StreamLookup;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audits of streams: of a finished one from the archive, of one that runs or was never archived from Kafka. Who asked and who stopped is
 * looked for in {@code chat.commands}, around the time of the stream.
 */
public final class Audits {

    private static final Logger LOG = LoggerFactory.getLogger(Audits.class);

    /** Each reads a part of a partition. */
    private static final int AT_ONCE = 2;

    private static final int WAIT_S = 5;

    /** Longest that a message is looked for before its answer began. */
    private static final Duration WAITED = Duration.ofMinutes(10);

    private final Relay relay;
    private final History history;
    private final StreamLookup lookup;
    private final Semaphore permits = new Semaphore(AT_ONCE);

    public Audits(Relay relay, History history, StreamLookup lookup) {
        this.relay = relay;
        this.history = history;
        this.lookup = lookup;
    }

    /** Empty if nobody knows the stream, or it is deleted. */
    Optional<Audit> of(StreamId id) throws InterruptedException {
        if (!permits.tryAcquire(WAIT_S, TimeUnit.SECONDS)) {
            throw new Problem(ErrorCode.UNAVAILABLE, "too many audits at once");
        }
        try {
            Optional<ArchivedStream> archived = history.archived(id);
            return archived.isPresent() ? archived.map(this::ofArchive) : ofLog(id);
        } catch (IllegalArgumentException e) {
            return Optional.of(Audit.ofDamaged(id, String.valueOf(e.getMessage())));
        } finally {
            permits.release();
        }
    }

    private Audit ofArchive(ArchivedStream archived) {
        List<SeenRecord> records = archived.records().stream()
                .flatMap(record -> RawRecords.seen(record).stream())
                .toList();
        return audit(archived.stream(), archived.partition(), records, archived.digest());
    }

    private Optional<Audit> ofLog(StreamId id) {
        Optional<History.Beginning> beginning = history.beginning(id);
        if (beginning.isEmpty()) {
            return relay.known(id) == Known.NO || relay.statusOf(id).isEmpty()
                    ? Optional.empty()
                    : Optional.of(new StreamAuditor(id).result(Origins.UNKNOWN, null, "kafka"));
        }
        try {
            int partition = beginning.get().partition();
            List<SeenRecord> records =
                    lookup.events(id, partition, beginning.get().offset());
            return Optional.of(audit(id, partition, records, null));
        } catch (TimeoutException | KafkaException e) {
            LOG.warn("the log cannot be read: {}", e.getClass().getSimpleName());
            throw new Problem(ErrorCode.UNAVAILABLE, "the log cannot be read now");
        }
    }

    private Audit audit(
            StreamId id, int partition, List<SeenRecord> records, @org.jspecify.annotations.Nullable String digest) {
        StreamAuditor auditor = new StreamAuditor(id);
        records.forEach(auditor::add);
        Origins origins = records.isEmpty()
                ? Origins.UNKNOWN
                : origins(
                        id,
                        partition,
                        records.getFirst().timeMs(),
                        records.getLast().timeMs());
        return auditor.result(origins, digest, digest == null ? "kafka" : "archive");
    }

    private Origins origins(StreamId id, int partition, long beginMs, long endMs) {
        try {
            return lookup.origins(
                    id,
                    partition,
                    Instant.ofEpochMilli(beginMs).minus(WAITED),
                    Instant.ofEpochMilli(endMs).plus(Duration.ofMinutes(1)));
        } catch (TimeoutException | KafkaException e) {
            LOG.info("the commands cannot be read: {}", e.getClass().getSimpleName());
            return Origins.UNKNOWN;
        }
    }
}
