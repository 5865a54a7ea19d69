package dev.parley.gateway.http;

import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.settings.LimitSettings;
import dev.parley.gateway.settings.SseSettings;
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

/** Chat over HTTP: the same requests and events as over WebSocket, the events as server-sent events. A disconnect stops no stream. */
@RestController
public class ChatApi {

    /** A stream is resumed by its message id alone. */
    private static final SessionId ANY_SESSION = new SessionId("-");

    private final ChatService chat;
    private final SseResponses responses;
    private final SseSettings settings;
    private final LimitSettings limits;

    public ChatApi(ChatService chat, SseResponses responses, SseSettings settings, LimitSettings limits) {
        this.chat = chat;
        this.responses = responses;
        this.settings = settings;
        this.limits = limits;
    }

    /** Answers a message, or sends the answer that it has already, from the first event to the last. */
    @PostMapping("/api/chat/stream")
    void chat(HttpServletRequest request) {
        Caller caller = TokenFilter.caller(request);
        ClientFrame.ChatStream frame = body(request, ClientFrame.ChatStream.class);
        String traceparent = request.getHeader(CloudEventHeaders.TRACEPARENT);
        SseResponse stream = connect(caller, new StreamId(caller.user(), frame.messageId()), ReplayPace.atOnce());
        responses.run(request, response -> {
            try {
                BlockingReply reply = new BlockingReply();
                chat.chatStream(caller, stream.queue(), frame, traceparent, reply);
                Refusal refusal = reply.refusal();
                if (refusal == null) {
                    responses.write(stream, response);
                } else {
                    responses.refuse(response, refusal);
                }
            } finally {
                responses.disconnect(stream);
            }
        });
    }

    @PostMapping("/api/chat/stop")
    void stop(HttpServletRequest request) {
        Caller caller = TokenFilter.caller(request);
        ClientFrame.StopGeneration frame = body(request, ClientFrame.StopGeneration.class);
        String traceparent = request.getHeader(CloudEventHeaders.TRACEPARENT);
        responses.run(request, response -> {
            BlockingReply reply = new BlockingReply();
            chat.stopGeneration(caller, frame, traceparent, reply);
            Refusal refusal = reply.refusal();
            if (refusal == null) {
                Stopped stopped = new Stopped(frame.messageId(), frame.sessionId(), reply.already());
                JsonResponse.write(response, HttpStatus.ACCEPTED, stopped);
            } else {
                responses.refuse(response, refusal);
            }
        });
    }

    /** Sends the events of a stream after a seq, then live events. {@code Last-Event-ID}, which browsers send on reconnect, takes precedence. */
    @GetMapping("/api/streams/{message}/events")
    void events(
            HttpServletRequest request,
            @PathVariable String message,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            @RequestParam(name = "after_seq", required = false) @Nullable String afterSeq,
            @RequestParam(required = false) @Nullable String speed) {
        Caller caller = TokenFilter.caller(request);
        String from = OptionalParameter.nullIfBlank(lastEventId);
        long after = seq(from == null ? OptionalParameter.nullIfBlank(afterSeq) : from);
        StreamId id = new StreamId(TokenFilter.subject(request), messageId(message));
        ReplayPace pace = pace(OptionalParameter.nullIfBlank(speed));
        if (HttpMethod.HEAD.matches(request.getMethod())) {
            responses.run(request, SseResponses::begin); // without waiting for a body
            return;
        }
        SseResponse stream = connect(caller, id, pace);
        responses.run(request, response -> {
            try {
                resume(caller, stream, id, after, response);
            } finally {
                responses.disconnect(stream);
            }
        });
    }

    private void resume(Caller caller, SseResponse stream, StreamId id, long after, HttpServletResponse response)
            throws IOException, InterruptedException {
        BlockingReply reply = new BlockingReply();
        chat.resume(
                caller.as(id.user()), stream.queue(), new ClientFrame.Resume(ANY_SESSION, id.message(), after), reply);
        Refusal refusal = reply.refusal();
        if (refusal != null) {
            responses.refuse(response, refusal);
        } else if (reply.already()) {
            response.setStatus(HttpStatus.NO_CONTENT.value());
        } else {
            responses.write(stream, response);
        }
    }

    private SseResponse connect(Caller owner, StreamId id, ReplayPace pace) {
        int maxHere = limits.maxConnections() - chat.remoteConnectionsOf(owner.user());
        return responses.connect(owner, id, settings.heartbeat(), pace, maxHere);
    }

    private <T> T body(HttpServletRequest request, Class<T> type) {
        return JsonBody.read(request, (int) settings.maxBody().toBytes(), type);
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
            // refused below, like any other text
        }
        throw new ProblemException(ErrorCode.INVALID_MESSAGE_FORMAT, "after_seq and Last-Event-ID must be -1 or more");
    }

    private ReplayPace pace(@Nullable String speed) {
        if (speed == null) {
            return ReplayPace.atOnce();
        }
        try {
            double times = Double.parseDouble(speed);
            if (times > 0 && Double.isFinite(times)) {
                return ReplayPace.of(times, settings.maxReplayGap(), System::nanoTime);
            }
        } catch (NumberFormatException e) {
            // refused below, like any other text
        }
        throw new ProblemException(ErrorCode.INVALID_MESSAGE_FORMAT, "speed must be more than 0");
    }

    /** The response to a stop that Kafka has acknowledged. */
    record Stopped(MessageId messageId, SessionId sessionId, boolean alreadyCompleted) {}
}
