package dev.parley.gateway.http;

import com.mongodb.MongoException;
import dev.parley.gateway.history.ArchivedStream;
import dev.parley.gateway.history.History;
import dev.parley.gateway.relay.HotStreamStatus;
import dev.parley.gateway.relay.HotStreams;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.audit.Audit;
import dev.parley.schema.audit.Origins;
import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.audit.StreamAuditor;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.kafka.StreamLookup;
import dev.parley.service.logging.RateLimitedLog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audits of streams: of a finished one from the archive, of one that runs, has just ended or was never archived from Kafka. Who asked and
 * who stopped is looked for in {@code chat.commands}, around the time of the stream.
 */
public final class StreamAudits {

    private static final Logger LOG = LoggerFactory.getLogger(StreamAudits.class);
    private static final RateLimitedLog WARNINGS = RateLimitedLog.warnings(LOG);

    /** Each reads a part of a partition. */
    private static final int AT_ONCE = 2;

    private static final int WAIT_S = 5;

    /** Longest that a message is looked for before its answer began. */
    private static final Duration WAITED = Duration.ofMinutes(10);

    /** A record is looked for so long before the time that its event says. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

    private final HotStreams streams;
    private final History history;
    private final StreamLookup lookup;
    private final Semaphore permits = new Semaphore(AT_ONCE);

    public StreamAudits(HotStreams streams, History history, StreamLookup lookup) {
        this.streams = streams;
        this.history = history;
        this.lookup = lookup;
    }

    /** Empty if nobody knows the stream, or it is deleted. */
    Optional<Audit> of(StreamId id) throws InterruptedException {
        if (!permits.tryAcquire(WAIT_S, TimeUnit.SECONDS)) {
            throw new ProblemException(ErrorCode.UNAVAILABLE, "too many audits at once");
        }
        try {
            return find(id);
        } catch (IllegalArgumentException e) {
            return Optional.of(Audit.ofDamaged(id, String.valueOf(e.getMessage())));
        } catch (TimeoutException | KafkaException e) {
            WARNINGS.log(
                    "log",
                    "chat.events cannot be read for an audit: {}",
                    e.getClass().getSimpleName());
            throw new ProblemException(ErrorCode.UNAVAILABLE, "the log cannot be read now");
        } finally {
            permits.release();
        }
    }

    /** What the store has not, or not yet, or cannot say now, is in the log if it is recent. */
    private Optional<Audit> find(StreamId id) throws TimeoutException {
        try {
            Optional<ArchivedStream> archived = history.archived(id);
            if (archived.isPresent()) {
                return archived.map(this::ofArchive);
            }
            Optional<History.Beginning> beginning = history.beginning(id);
            if (beginning.isPresent()) {
                int partition = beginning.get().partition();
                return Optional.of(ofLog(
                        id,
                        partition,
                        lookup.events(id, partition, beginning.get().offset())));
            }
        } catch (MongoException e) {
            if (streams.statusOf(id).isEmpty()) {
                throw e;
            }
        }
        Optional<HotStreamStatus> recent = streams.statusOf(id);
        return recent.isEmpty() ? Optional.empty() : Optional.of(ofRecent(id, recent.get()));
    }

    private Audit ofArchive(ArchivedStream archived) {
        List<SeenRecord> records = archived.records().stream()
                .flatMap(record -> RawRecords.seen(record).stream())
                .toList();
        return audit(archived.stream(), archived.partition(), records, archived.digest());
    }

    private Audit ofRecent(StreamId id, HotStreamStatus live) throws TimeoutException {
        Instant begin = live.startedAt() == null ? Instant.now() : live.startedAt();
        int partition = lookup.partitionOf(id.user());
        return ofLog(id, partition, lookup.events(id, partition, begin.minus(CLOCKS_DIFFER)));
    }

    private Audit ofLog(StreamId id, int partition, List<SeenRecord> records) {
        return audit(id, partition, records, null);
    }

    /** Of a stream without a record, the message is looked for in the last minutes. */
    private Audit audit(StreamId id, int partition, List<SeenRecord> records, @Nullable String digest) {
        StreamAuditor auditor = new StreamAuditor(id);
        records.forEach(auditor::add);
        long nowMs = System.currentTimeMillis();
        Origins origins = origins(
                id,
                partition,
                askedAround(
                        auditor, records.isEmpty() ? nowMs : records.getFirst().timeMs()),
                records.isEmpty() ? nowMs : records.getLast().timeMs());
        return auditor.result(origins, digest, digest == null ? "kafka" : "archive");
    }

    /** An answer of a version that does not say when it was asked may have waited. */
    private static Instant askedAround(StreamAuditor auditor, long startedMs) {
        return auditor.askedAt() == null
                ? Instant.ofEpochMilli(startedMs).minus(WAITED)
                : auditor.askedAt().minus(CLOCKS_DIFFER);
    }

    private Origins origins(StreamId id, int partition, Instant begin, long endMs) {
        try {
            return lookup.origins(
                    id, partition, begin, Instant.ofEpochMilli(endMs).plus(CLOCKS_DIFFER));
        } catch (TimeoutException | KafkaException e) {
            LOG.info(
                    "chat.commands cannot be read, so the audit does not name who asked: {}",
                    e.getClass().getSimpleName());
            return Origins.UNKNOWN;
        }
    }
}
