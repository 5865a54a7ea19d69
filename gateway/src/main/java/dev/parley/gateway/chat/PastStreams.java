package dev.parley.gateway.chat;

import com.mongodb.MongoException;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.BufferedStream;
import dev.parley.gateway.relay.EventRecord;
import dev.parley.gateway.relay.PastStreamMemory;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.service.logging.RateLimitedLog;
import dev.parley.store.read.ArchivedStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads past streams from the archive, for WebSockets and server-sent events alike. Callers do not block: each read has a thread of its own, and a
 * few run at a time. What is read counts against {@link PastStreamMemory}. Thread-safe.
 */
public final class PastStreams {

    private static final Logger LOG = LoggerFactory.getLogger(PastStreams.class);
    private static final RateLimitedLog WARNINGS = RateLimitedLog.warnings(LOG);
    private static final int MAX_READS = 8;
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);
    private static final long RETRY_MS = 1_000;

    /** Estimated memory of an event without its value. */
    private static final int EVENT_BYTES = 100;

    private static final Refusal NO_MEMORY =
            new Refusal(ErrorCode.UNAVAILABLE, "this node has no memory for another past stream now", 2 * RETRY_MS);

    /** The projection has not reached the end that the log had when this node started, so a stream that MongoDB lacks may exist. */
    public static final Refusal STORE_IS_BEHIND =
            new Refusal(ErrorCode.DATABASE_ERROR, "MongoDB does not have all of the log yet", RETRY_MS);

    private final Function<StreamId, Optional<ArchivedStream>> archive;
    private final Predicate<UserId> storeIsBehind;
    private final PastStreamMemory memory;
    private final Semaphore reads = new Semaphore(MAX_READS);

    /** The result of a read. */
    public sealed interface Found {
        record Stream(BufferedStream stream) implements Found {}

        /** The archive does not have the stream. */
        record Nothing() implements Found {}

        /** Whether the archive has the stream is unknown, or it cannot be held in memory now. */
        record Failed(Refusal why) implements Found {}
    }

    /**
     * @param archive blocks until MongoDB answers; fails with a {@link MongoException}, or with an {@link IllegalArgumentException} if the
     *     archived stream is damaged
     * @param storeIsBehind whether MongoDB may lack data of a user that is in the log
     * @param memory bounds the past streams that are held for their readers
     */
    public PastStreams(
            Function<StreamId, Optional<ArchivedStream>> archive,
            Predicate<UserId> storeIsBehind,
            PastStreamMemory memory) {
        this.archive = archive;
        this.storeIsBehind = storeIsBehind;
        this.memory = memory;
    }

    /**
     * Reads a stream's events from a seq on.
     *
     * @param then called once, on another thread; must not block. A stream that no connection follows when it returns is released
     */
    public void find(StreamId id, long fromSeq, Consumer<Found> then) {
        Thread.ofVirtual().name("gateway-past").start(() -> {
            Found found = find(id, fromSeq);
            try {
                then.accept(found);
            } finally {
                if (found instanceof Found.Stream(BufferedStream stream)) {
                    stream.release();
                }
            }
        });
    }

    private Found find(StreamId id, long fromSeq) {
        try {
            if (!reads.tryAcquire(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Found.Failed(NO_MEMORY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Found.Failed(NO_MEMORY);
        }
        try {
            boolean behind = storeIsBehind.test(id.user());
            return archive.apply(id)
                    .map(archived -> hold(archived, fromSeq))
                    .orElseGet(() -> behind ? new Found.Failed(STORE_IS_BEHIND) : new Found.Nothing());
        } catch (MongoException | IllegalStateException e) { // the latter from a client that was closed on shutdown
            WARNINGS.log(
                    "archive",
                    "MongoDB cannot be read, so past streams cannot be resumed: {}",
                    e.getClass().getSimpleName());
            return new Found.Failed(new Refusal(ErrorCode.DATABASE_ERROR, "the archive cannot be read now", RETRY_MS));
        } catch (IllegalArgumentException e) {
            LOG.error("An archived stream cannot be read because it is damaged; parley audit shows the damage");
            return new Found.Failed(Refusal.of(ErrorCode.INTERNAL_ERROR, "the archive of this stream is damaged"));
        } catch (RuntimeException e) {
            LOG.error(
                    "Unexpected error when reading the archive: {}",
                    e.getClass().getName());
            return new Found.Failed(Refusal.of(ErrorCode.INTERNAL_ERROR, "the archive of this stream cannot be read"));
        } finally {
            reads.release();
        }
    }

    private Found hold(ArchivedStream archived, long fromSeq) {
        List<EventRecord> events = archived.events().stream()
                .filter(event -> event.seq() >= fromSeq)
                .map(event -> new EventRecord(event.type(), event.value(), event.timeMs()))
                .toList();
        long bytes = events.stream()
                .mapToLong(event -> event.value().length + EVENT_BYTES)
                .sum();
        PastStreamMemory.Allocation allocation = memory.allocate(bytes);
        return allocation == null
                ? new Found.Failed(NO_MEMORY)
                : new Found.Stream(BufferedStream.past(
                        archived.stream(), archived.session(), archived.log(), fromSeq, events, allocation));
    }
}
