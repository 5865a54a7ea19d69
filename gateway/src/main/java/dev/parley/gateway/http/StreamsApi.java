package dev.parley.gateway.http;

import com.mongodb.MongoException;
import dev.parley.gateway.relay.HotStreamStatus;
import dev.parley.gateway.relay.HotStreams;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.log.StreamLog;
import dev.parley.store.read.StoredHistory;
import dev.parley.store.read.StreamStatus;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /api/streams/{message_id}} and {@code …/audit}: the status of a stream, from memory if it is recent, else from MongoDB. */
@RestController
public class StreamsApi {

    private final HotStreams streams;
    private final StoredHistory history;
    private final StreamAudits audits;
    private final Predicate<UserId> storeIsBehind;

    /** @param storeIsBehind whether MongoDB may lack data of a user that is in the log */
    public StreamsApi(HotStreams streams, StoredHistory history, StreamAudits audits, Predicate<UserId> storeIsBehind) {
        this.storeIsBehind = storeIsBehind;
        this.streams = streams;
        this.history = history;
        this.audits = audits;
    }

    @GetMapping("/api/streams/{message}")
    ResponseEntity<byte[]> status(HttpServletRequest request, @PathVariable String message) {
        StreamId id = new StreamId(TokenFilter.subject(request), messageId(message));
        boolean behind = storeIsBehind.test(id.user());
        return JsonResponse.of(HttpStatus.OK, find(id).orElseThrow(() -> missing(behind)));
    }

    /** A stream that was requested and has no events here may have ended long ago, so MongoDB is asked first. */
    private Optional<StreamStatus> find(StreamId id) {
        Optional<StreamStatus> live = streams.statusOf(id).map(each -> status(id, each));
        if (live.isPresent() && streams.hasBegun(id)) {
            return live;
        }
        try {
            return history.turns().status(id).or(() -> live);
        } catch (MongoException e) {
            if (live.isEmpty()) {
                throw e;
            }
            return live;
        }
    }

    /** Whether the stream's records keep the guarantees, and who requested and wrote the stream when. */
    @GetMapping("/api/streams/{message}/audit")
    ResponseEntity<byte[]> audit(HttpServletRequest request, @PathVariable String message) throws InterruptedException {
        StreamId id = new StreamId(TokenFilter.subject(request), messageId(message));
        boolean behind = storeIsBehind.test(id.user());
        return JsonResponse.of(HttpStatus.OK, audits.of(id).orElseThrow(() -> missing(behind)));
    }

    private static MessageId messageId(String text) {
        try {
            return new MessageId(text);
        } catch (IllegalArgumentException e) {
            throw notFound();
        }
    }

    private static ProblemException missing(boolean storeWasBehind) {
        return storeWasBehind ? ProblemHandler.storeIsBehind() : notFound();
    }

    private static ProblemException notFound() {
        return new ProblemException(ErrorCode.STREAM_NOT_FOUND, "no such stream");
    }

    private static StreamStatus status(StreamId id, HotStreamStatus live) {
        Optional<StreamEvent.StreamStart> start = Optional.ofNullable(live.start());
        StreamEvent.Terminal last = live.last();
        return new StreamStatus(
                id.message().value(),
                live.session().value(),
                start.map(StreamEvent.StreamStart::aiMessageId).orElse(null),
                nameOf(live.log(), last),
                live.log().length() - 1,
                attempts(live.log()),
                start.map(each -> each.metadata().provider()).orElse(null),
                start.map(each -> each.metadata().model()).orElse(null),
                live.startedAt(),
                live.endedAt());
    }

    private static String nameOf(StreamLog log, StreamEvent.@Nullable Terminal last) {
        return switch (last) {
            case StreamEvent.StreamComplete _ -> "complete";
            case StreamEvent.GenerationStopped _ -> "stopped";
            case StreamEvent.StreamError _ -> "error";
            case null -> log instanceof StreamLog.Open ? "streaming" : "queued";
        };
    }

    private static int attempts(StreamLog log) {
        return switch (log) {
            case StreamLog.NotStarted _, StreamLog.Deleted _, StreamLog.Unknown _ -> 0;
            case StreamLog.Open open -> open.current().attempt();
            case StreamLog.Over over -> over.last().attempt();
        };
    }
}
