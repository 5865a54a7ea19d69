package dev.parley.gateway.http;

import com.mongodb.MongoException;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.chat.PastStreams;
import dev.parley.gateway.history.ArchivedStream;
import dev.parley.gateway.history.ArchivedStream.Event;
import dev.parley.gateway.history.History;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.PastStreamMemory;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.logging.RateLimitedLog;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;

/**
 * Streams out of the archive as server-sent events. Each is held in memory until it is written, which takes as long as its pace and its
 * reader want; so all of them together have a bound, and what does not fit is to come back later. Thread-safe.
 */
final class Replays {

    private static final Logger LOG = LoggerFactory.getLogger(Replays.class);
    private static final RateLimitedLog WARNINGS = RateLimitedLog.warnings(LOG);

    /** How many are read at once: how large a stream is shows when it is there. */
    private static final int READ_AT_ONCE = 4;

    private static final int WAIT_S = 5;

    private static final Refusal FULL =
            new Refusal(ErrorCode.UNAVAILABLE, "this node replays as much as it can hold", 2_000L);

    private final History history;
    private final SseResponses streams;
    private final SseSettings settings;
    private final Semaphore reading = new Semaphore(READ_AT_ONCE);
    private final PastStreamMemory room;

    Replays(History history, SseResponses streams, SseSettings settings, PastStreamMemory room) {
        this.history = history;
        this.streams = streams;
        this.settings = settings;
        this.room = room;
    }

    /**
     * Answers with a stream's events after a seq, or says why not.
     *
     * @param owner who looks
     * @return false, and nothing is answered, if the archive has no such stream or cannot be read now
     */
    boolean answer(Caller owner, StreamId id, long after, ReplayPace pace, HttpServletResponse response)
            throws IOException, InterruptedException {
        Read read;
        try {
            read = read(id, after);
        } catch (MongoException e) {
            WARNINGS.log(
                    "archive", "The archive cannot be read: {}", e.getClass().getSimpleName());
            return false;
        } catch (IllegalArgumentException e) {
            LOG.error("an archive is damaged");
            read = new Read.No(Refusal.of(ErrorCode.INTERNAL_ERROR, "the archive of it is damaged"));
        }
        switch (read) {
            case Read.Nothing _ -> {
                return false;
            }
            case Read.No(Refusal why) -> streams.refuse(response, why);
            case Read.Held held when held.events().isEmpty() -> response.setStatus(HttpStatus.NO_CONTENT.value());
            case Read.Held held -> {
                try {
                    Replay replay = new Replay(owner, id.message(), pace, settings.heartbeatMs());
                    streams.write(replay, held.events(), held.hasTerminal(), response);
                } finally {
                    held.share().giveBack();
                }
            }
        }
        return true;
    }

    private Read read(StreamId id, long after) throws InterruptedException {
        if (!reading.tryAcquire(WAIT_S, TimeUnit.SECONDS)) {
            return new Read.No(FULL);
        }
        try {
            Optional<ArchivedStream> archived = history.archived(id);
            if (archived.isEmpty()) {
                return new Read.Nothing();
            }
            List<Event> events = archived.get().events();
            if (after >= events.size()) {
                return new Read.No(
                        Refusal.of(ErrorCode.INVALID_MESSAGE_FORMAT, "after_seq: the stream has not come that far"));
            }
            boolean hasTerminal = archived.get().log() instanceof StreamLog.Over;
            return hold(List.copyOf(events.subList((int) after + 1, events.size())), hasTerminal);
        } finally {
            reading.release();
        }
    }

    private Read hold(List<Event> events, boolean hasTerminal) {
        PastStreamMemory.Share share = room.take(PastStreams.bytes(events));
        return share == null ? new Read.No(FULL) : new Read.Held(events, hasTerminal, share);
    }

    /** What came of reading. */
    private sealed interface Read {
        record Nothing() implements Read {}

        record No(Refusal why) implements Read {}

        /** @param share to be given back when they are written */
        record Held(List<Event> events, boolean hasTerminal, PastStreamMemory.Share share) implements Read {}
    }
}
