package dev.parley.gateway.http;

import dev.parley.gateway.GatewaySettings;
import dev.parley.gateway.LimitSettings;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.history.History;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.PastStreamMemory;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.CloudEventHeaders;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Chat without WebSocket: the same requests and the same events, as server-sent events. A hang-up stops nothing. */
@RestController
public class ChatApi {

    /** The session is of no importance where a stream is named by its message. */
    private static final SessionId ANY_SESSION = new SessionId("-");

    private final ChatService requests;
    private final SseResponses streams;
    private final Replays replays;
    private final SseSettings settings;
    private final int maxConnections;

    public ChatApi(
            ChatService requests,
            SseResponses streams,
            History history,
            GatewaySettings gateway,
            LimitSettings limits,
            PastStreamMemory past) {
        this.requests = requests;
        this.streams = streams;
        this.settings = gateway.sse();
        this.replays = new Replays(history, streams, settings, past);
        this.maxConnections = limits.maxConnections();
    }

    /** Answers a message, or shows the answer that it already has, from its first event to its last. */
    @PostMapping("/api/chat/stream")
    void chat(HttpServletRequest request) {
        Caller caller = TokenFilter.caller(request);
        ClientFrame.ChatStream frame = body(request, ClientFrame.ChatStream.class);
        String traceparent = request.getHeader(CloudEventHeaders.TRACEPARENT);
        SseResponse stream = open(caller, new StreamId(caller.user(), frame.messageId()), ReplayPace.atOnce());
        streams.run(request, response -> {
            try {
                BlockingReply answer = new BlockingReply();
                requests.chatStream(caller, stream.outbound(), frame, traceparent, answer);
                Refusal refusal = answer.refusal();
                if (refusal == null) {
                    streams.write(stream, response);
                } else {
                    streams.refuse(response, refusal);
                }
            } finally {
                streams.disconnect(stream);
            }
        });
    }

    @PostMapping("/api/chat/stop")
    void stop(HttpServletRequest request) {
        Caller caller = TokenFilter.caller(request);
        ClientFrame.StopGeneration frame = body(request, ClientFrame.StopGeneration.class);
        String traceparent = request.getHeader(CloudEventHeaders.TRACEPARENT);
        streams.run(request, response -> {
            BlockingReply answer = new BlockingReply();
            requests.stopGeneration(caller, frame, traceparent, answer);
            Refusal refusal = answer.refusal();
            if (refusal == null) {
                Stopped stopped = new Stopped(frame.messageId(), frame.sessionId(), answer.already());
                JsonResponse.write(response, HttpStatus.ACCEPTED, stopped);
            } else {
                streams.refuse(response, refusal);
            }
        });
    }

    /** The events of a stream after a seq, then what comes. {@code Last-Event-ID}, which browsers send by themselves, wins. */
    @GetMapping("/api/streams/{message}/events")
    void events(
            HttpServletRequest request,
            @PathVariable String message,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            @RequestParam(name = "after_seq", required = false) @Nullable String afterSeq,
            @RequestParam(required = false) @Nullable String speed) {
        Caller watcher = TokenFilter.caller(request);
        String from = OptionalParameter.asAbsent(lastEventId);
        long after = seq(from == null ? OptionalParameter.asAbsent(afterSeq) : from);
        StreamId id = new StreamId(TokenFilter.subject(request), messageId(message));
        ReplayPace pace = pace(OptionalParameter.asAbsent(speed));
        if (HttpMethod.HEAD.matches(request.getMethod())) {
            streams.run(request, SseResponses::begin); // and no body to wait for
            return;
        }
        SseResponse stream = open(watcher, id, pace);
        streams.run(request, response -> {
            try {
                if (requests.relay().holdsFrom(id, after + 1) || !replays.answer(watcher, id, after, pace, response)) {
                    resume(watcher, stream, id, after, pace, response);
                }
            } finally {
                streams.disconnect(stream);
            }
        });
    }

    private void resume(
            Caller watcher, SseResponse stream, StreamId id, long after, ReplayPace pace, HttpServletResponse response)
            throws IOException, InterruptedException {
        BlockingReply answer = new BlockingReply();
        Caller caller = watcher.as(id.user());
        requests.resume(caller, stream.outbound(), new ClientFrame.Resume(ANY_SESSION, id.message(), after), answer);
        Refusal refusal = answer.refusal();
        if (refusal == null && answer.already()) {
            response.setStatus(HttpStatus.NO_CONTENT.value());
        } else if (refusal == null) {
            streams.write(stream, response);
        } else if (refusal.code() != ErrorCode.STREAM_NOT_FOUND
                || !replays.answer(watcher, id, after, pace, response)) {
            streams.refuse(response, refusal);
        }
    }

    private SseResponse open(Caller owner, StreamId id, ReplayPace pace) {
        if (requests.connectionsOf(owner.user()) >= maxConnections) {
            throw new ProblemException(ErrorCode.RATE_LIMIT_EXCEEDED, "too many connections");
        }
        SseResponse stream = streams.stream(owner, id, settings.heartbeatMs(), pace);
        streams.connect(stream);
        return stream;
    }

    private <T> T body(HttpServletRequest request, Class<T> type) {
        return JsonBody.read(request, settings.maxBodyBytes(), type);
    }

    private static MessageId messageId(String text) {
        try {
            return new MessageId(text);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(ErrorCode.STREAM_NOT_FOUND, "no such stream");
        }
    }

    private static long seq(@Nullable String text) {
        try {
            long seq = text == null ? -1 : Long.parseLong(text);
            if (seq >= -1) {
                return seq;
            }
        } catch (NumberFormatException e) {
            // Refused below, like every other text.
        }
        throw new ProblemException(ErrorCode.INVALID_MESSAGE_FORMAT, "after_seq and Last-Event-ID are -1 or more");
    }

    private ReplayPace pace(@Nullable String speed) {
        if (speed == null) {
            return ReplayPace.atOnce();
        }
        try {
            double times = Double.parseDouble(speed);
            if (times > 0 && Double.isFinite(times)) {
                return ReplayPace.of(times, settings.maxReplayGapMs(), System::nanoTime);
            }
        } catch (NumberFormatException e) {
            // Refused below, like every other text.
        }
        throw new ProblemException(ErrorCode.INVALID_MESSAGE_FORMAT, "speed is more than 0");
    }

    /** A stop that Kafka has. */
    record Stopped(MessageId messageId, SessionId sessionId, boolean alreadyCompleted) {}
}
