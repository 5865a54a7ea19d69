package dev.parley.gateway.http;

import com.mongodb.MongoException;
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
import dev.parley.store.read.ArchivedStream;
import dev.parley.store.read.StoredHistory;
import dev.parley.store.read.StoredTurns;
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
 * Audits streams: from the archive if they are finished, from Kafka if they run, ended a moment ago or were not archived. The commands that requested
 * and stopped a stream are looked up in {@code chat.commands}, around the time of the stream.
 */
public final class StreamAudits {

    private static final Logger LOG = LoggerFactory.getLogger(StreamAudits.class);
    private static final RateLimitedLog WARNINGS = RateLimitedLog.warnings(LOG);

    /** Each audit reads a part of a partition. */
    private static final int MAX_AUDITS = 2;

    private static final int MAX_WAIT_S = 5;

    /** How long before its answer began a message is looked for. */
    private static final Duration MAX_QUEUED = Duration.ofMinutes(10);

    /** How far the clocks of workers and brokers may differ. */
    private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofMinutes(1);

    private final HotStreams streams;
    private final StoredHistory history;
    private final StreamLookup lookup;
    private final Semaphore permits = new Semaphore(MAX_AUDITS);

    public StreamAudits(HotStreams streams, StoredHistory history, StreamLookup lookup) {
        this.streams = streams;
        this.history = history;
        this.lookup = lookup;
    }

    /** Empty if the stream is unknown or deleted. */
    Optional<Audit> of(StreamId id) throws InterruptedException {
        if (!permits.tryAcquire(MAX_WAIT_S, TimeUnit.SECONDS)) {
            throw new ProblemException(ErrorCode.UNAVAILABLE, "too many audits run at once");
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
            throw new ProblemException(ErrorCode.UNAVAILABLE, "Kafka cannot be read now");
        } finally {
            permits.release();
        }
    }

    /** A recent stream that MongoDB does not have, or cannot read now, is in the log. */
    private Optional<Audit> find(StreamId id) throws TimeoutException {
        try {
            Optional<ArchivedStream> archived = history.archives().find(id);
            if (archived.isPresent()) {
                return archived.map(this::ofArchive);
            }
            Optional<StoredTurns.Beginning> beginning = history.turns().beginning(id);
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
        return ofLog(id, partition, lookup.events(id, partition, begin.minus(MAX_CLOCK_DIFFERENCE)));
    }

    private Audit ofLog(StreamId id, int partition, List<SeenRecord> records) {
        return audit(id, partition, records, null);
    }

    /** The message of a stream without records is looked for in the last minutes. */
    private Audit audit(StreamId id, int partition, List<SeenRecord> records, @Nullable String digest) {
        StreamAuditor auditor = new StreamAuditor(id);
        records.forEach(auditor::add);
        long nowMs = System.currentTimeMillis();
        Origins origins = origins(
                id,
                partition,
                requestedAround(
                        auditor, records.isEmpty() ? nowMs : records.getFirst().timeMs()),
                records.isEmpty() ? nowMs : records.getLast().timeMs());
        return auditor.result(origins, digest, digest == null ? "kafka" : "archive");
    }

    /** Records of old versions do not have the time of the request, and the stream may have been queued. */
    private static Instant requestedAround(StreamAuditor auditor, long startedMs) {
        return auditor.askedAt() == null
                ? Instant.ofEpochMilli(startedMs).minus(MAX_QUEUED)
                : auditor.askedAt().minus(MAX_CLOCK_DIFFERENCE);
    }

    private Origins origins(StreamId id, int partition, Instant begin, long endMs) {
        try {
            return lookup.origins(
                    id, partition, begin, Instant.ofEpochMilli(endMs).plus(MAX_CLOCK_DIFFERENCE));
        } catch (TimeoutException | KafkaException e) {
            LOG.info(
                    "chat.commands cannot be read, so an audit lacks the commands of its stream: {}",
                    e.getClass().getSimpleName());
            return Origins.UNKNOWN;
        }
    }
}
