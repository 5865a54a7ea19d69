package dev.parley.gateway.chat;

import com.mongodb.MongoException;
import dev.parley.gateway.history.ArchivedStream;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.BufferedStream;
import dev.parley.gateway.relay.EventRecord;
import dev.parley.gateway.relay.PastStreamMemory;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.logging.RateLimitedLog;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams that this node has no more in memory, out of the archive. Nobody waits here: each is looked for on a thread of its own, a few
 * at a time. Thread-safe.
 */
public final class PastStreams {

    private static final Logger LOG = LoggerFactory.getLogger(PastStreams.class);
    private static final RateLimitedLog WARNINGS = RateLimitedLog.warnings(LOG);
    private static final int AT_ONCE = 8;
    private static final long RETRY_MS = 1_000;

    /** What an event costs beside its value, roughly. */
    private static final int EVENT_COST = 100;

    private static final Refusal FULL =
            new Refusal(ErrorCode.UNAVAILABLE, "this node holds as many old streams as it can", 2 * RETRY_MS);

    /** Of what the store does not have, and may have in a moment: the projection is not as far as the log was when this node started. */
    public static final Refusal STORE_IS_BEHIND =
            new Refusal(ErrorCode.DATABASE_ERROR, "the store has not read all of the log yet", RETRY_MS);

    private final Function<StreamId, Optional<ArchivedStream>> archive;
    private final Predicate<UserId> storeIsBehind;
    private final PastStreamMemory room;
    private final Semaphore places = new Semaphore(AT_ONCE);

    /** What became of looking. */
    public sealed interface Found {
        record Stream(BufferedStream stream) implements Found {}

        record Nothing() implements Found {}

        /** It cannot be told now. */
        record Failed(Refusal why) implements Found {}
    }

    /**
     * @param archive waits for the store; fails with a {@link MongoException}, or as {@link ArchivedStream} does if it is damaged
     * @param storeIsBehind whether what the store does not have of a user may exist all the same
     * @param room bounds what is held of them for their readers
     */
    public PastStreams(
            Function<StreamId, Optional<ArchivedStream>> archive,
            Predicate<UserId> storeIsBehind,
            PastStreamMemory room) {
        this.room = room;
        this.archive = archive;
        this.storeIsBehind = storeIsBehind;
    }

    /** @param then called once, on any thread; must not block. A stream without a follower when it returns is let go */
    public void find(StreamId id, Consumer<Found> then) {
        Thread.ofVirtual().name("gateway-past").start(() -> {
            Found found = find(id);
            try {
                then.accept(found);
            } finally {
                if (found instanceof Found.Stream(BufferedStream stream)) {
                    stream.release();
                }
            }
        });
    }

    private Found find(StreamId id) {
        places.acquireUninterruptibly();
        try {
            boolean behind = storeIsBehind.test(id.user());
            return archive.apply(id)
                    .map(this::held)
                    .orElseGet(() -> behind ? new Found.Failed(STORE_IS_BEHIND) : new Found.Nothing());
        } catch (MongoException
                | IllegalStateException e) { // the latter from a client that was closed, when the node leaves
            WARNINGS.log(
                    "archive", "The archive cannot be read: {}", e.getClass().getSimpleName());
            return new Found.Failed(new Refusal(ErrorCode.DATABASE_ERROR, "the archive cannot be read now", RETRY_MS));
        } catch (IllegalArgumentException e) {
            LOG.error("an archive is damaged");
            return new Found.Failed(Refusal.of(ErrorCode.INTERNAL_ERROR, "the archive of it is damaged"));
        } catch (RuntimeException e) {
            LOG.error("looking into the archive broke: {}", e.getClass().getName());
            return new Found.Failed(Refusal.of(ErrorCode.INTERNAL_ERROR, "the archive of it cannot be read"));
        } finally {
            places.release();
        }
    }

    private Found held(ArchivedStream archived) {
        PastStreamMemory.Share share = room.take(bytes(archived.events()));
        return share == null ? new Found.Failed(FULL) : new Found.Stream(stream(archived, share));
    }

    /** What holding these events costs, roughly. */
    public static long bytes(List<ArchivedStream.Event> events) {
        return events.stream()
                .mapToLong(event -> event.value().length + EVENT_COST)
                .sum();
    }

    private static BufferedStream stream(ArchivedStream archived, PastStreamMemory.Share share) {
        return BufferedStream.past(
                archived.stream(),
                archived.session(),
                archived.log(),
                archived.events().stream()
                        .map(event -> new EventRecord(event.type(), event.value(), event.timeMs()))
                        .toList(),
                share);
    }
}
