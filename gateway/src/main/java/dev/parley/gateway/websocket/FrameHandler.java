package dev.parley.gateway.websocket;

import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.auth.TokenVerification;
import dev.parley.gateway.chat.ReplyHandler;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.CloseReason;
import dev.parley.gateway.relay.ConnectionQueue;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import io.github.bucket4j.Bucket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks over its connection, and what is done about it. Frames come one after the other; nothing here blocks, and
 * every answer goes through the connection's {@link ConnectionQueue}.
 */
final class FrameHandler {

    private static final Vocabulary<ClientFrame> FRAMES = Vocabulary.of(ClientFrame.class);

    private static final Refusal TOO_MANY_FRAMES =
            new Refusal(ErrorCode.RATE_LIMIT_EXCEEDED, "too many frames on this connection", 1_000L);

    private final SocketContext edge;
    private final ConnectionQueue out;
    private volatile Caller caller;
    private final @Nullable String traceparent;
    private final Bucket frames;

    /** Sessions that are to be joined as soon as the node has read the log. */
    private final Set<SessionId> joining = ConcurrentHashMap.newKeySet();

    private final AtomicInteger outstanding = new AtomicInteger();
    private final Runnable onAnswer;

    private int malformedInARow;

    /**
     * @param traceparent W3C trace context of the handshake: what is asked belongs to its trace
     * @param onAnswer called after each frame and after each answer that came later; must not block
     */
    FrameHandler(
            SocketContext edge, ConnectionQueue out, Caller caller, @Nullable String traceparent, Runnable onAnswer) {
        this.edge = edge;
        this.out = out;
        this.caller = caller;
        this.traceparent = traceparent;
        this.onAnswer = onAnswer;
        SocketSettings settings = edge.settings();
        this.frames = Bucket.builder()
                .addLimit(limit -> limit.capacity(settings.frameBurst())
                        .refillGreedy(settings.framesPerSecond(), Duration.ofSeconds(1)))
                .build();
    }

    void open(String connectionId) {
        edge.relay().connect(out);
        out.send(new ServerFrame.Connect(
                caller.user(),
                connectionId,
                edge.clock().instant(),
                edge.settings().heartbeatMs(),
                edge.limits()));
        if (edge.requests().connectionsOf(caller.user()) > edge.limits().maxConnections()) {
            out.closeAfterRest(CloseReason.TOO_MANY_CONNECTIONS);
        }
    }

    /** How many requests wait for their answer. */
    int outstanding() {
        return outstanding.get();
    }

    void onText(String text) {
        try {
            handle(text);
        } finally {
            onAnswer.run();
        }
    }

    private void handle(String text) {
        if (!frames.tryConsume(1)) {
            refuse(TOO_MANY_FRAMES, null, null);
            return;
        }
        switch (FrameCodec.decode(text.getBytes(StandardCharsets.UTF_8), FRAMES)) {
            case Decoded.Ok<ClientFrame>(ClientFrame frame) -> {
                malformedInARow = 0;
                onFrame(frame);
            }
            case Decoded.UnknownType<ClientFrame> _ -> malformed("unknown type");
            case Decoded.Malformed<ClientFrame>(String reason) -> malformed(reason);
        }
    }

    private void malformed(String reason) {
        refuse(Refusal.of(ErrorCode.INVALID_MESSAGE_FORMAT, reason), null, null);
        malformedInARow++;
        if (malformedInARow >= edge.settings().maxMalformed()) {
            out.closeAfterRest(CloseReason.POLICY);
        }
    }

    private void onFrame(ClientFrame frame) {
        switch (frame) {
            case ClientFrame.ChatStream chat -> chatStream(chat);
            case ClientFrame.StopGeneration stop -> stopGeneration(stop);
            case ClientFrame.Resume resume -> resume(resume);
            case ClientFrame.JoinSession join -> join(join.sessionId());
            case ClientFrame.LeaveSession leave -> leave(leave.sessionId());
            case ClientFrame.Auth auth -> renew(auth.token());
            case ClientFrame.Ping ping -> out.send(new ServerFrame.Pong(WellFormedJson.of(ping.t())));
        }
    }

    private void chatStream(ClientFrame.ChatStream frame) {
        MessageId message = frame.messageId();
        SessionId session = frame.sessionId();
        edge.requests()
                .chatStream(
                        caller,
                        out,
                        frame,
                        traceparent,
                        reply(
                                message,
                                session,
                                duplicate -> new ServerFrame.StreamAcknowledged(message, session, duplicate)));
    }

    private void stopGeneration(ClientFrame.StopGeneration frame) {
        MessageId message = frame.messageId();
        SessionId session = frame.sessionId();
        edge.requests()
                .stopGeneration(
                        caller,
                        frame,
                        traceparent,
                        reply(message, session, over -> new ServerFrame.StopAcknowledged(message, session, over)));
    }

    private ReplyHandler reply(MessageId message, SessionId session, Acknowledgement acknowledgement) {
        return new Pending(message, session) {
            @Override
            void answer(boolean already) {
                out.send(acknowledgement.frame(already));
            }
        };
    }

    /** What is resumed says so by itself, where the past ends. */
    private void resume(ClientFrame.Resume frame) {
        edge.requests().resume(caller, out, frame, new Pending(frame.messageId(), frame.sessionId()));
    }

    private void join(SessionId session) {
        joining.add(session);
        edge.requests()
                .join(
                        out,
                        new SessionKey(caller.user(), session),
                        edge.settings().maxJoinedSessions(),
                        () -> joining.remove(session),
                        new Pending(null, session) {
                            @Override
                            void onRefused() {
                                joining.remove(session);
                            }
                        });
    }

    /** A request that waits for its answer. */
    private class Pending implements ReplyHandler {

        private final @Nullable MessageId message;
        private final SessionId session;

        Pending(@Nullable MessageId message, SessionId session) {
            this.message = message;
            this.session = session;
            outstanding.incrementAndGet();
        }

        @Override
        public final void done(boolean already) {
            answer(already);
            answered();
        }

        @Override
        public final void refused(Refusal refusal) {
            onRefused();
            refuse(refusal, message, session);
            answered();
        }

        private void answered() {
            outstanding.decrementAndGet();
            onAnswer.run();
        }

        /** What was asked for is done. */
        void answer(boolean already) {}

        void onRefused() {}
    }

    private void leave(SessionId session) {
        joining.remove(session);
        edge.relay().leave(out, new SessionKey(caller.user(), session));
    }

    /** A token that is not good enough changes nothing: the old one goes on. */
    private void renew(String token) {
        switch (edge.verifier().verify(token)) {
            case TokenVerification.Refused(String reason) ->
                refuse(Refusal.of(ErrorCode.UNAUTHORIZED, reason), null, null);
            case TokenVerification.Accepted(Caller fresh) -> {
                if (fresh.user().equals(caller.user())) {
                    caller = fresh;
                    out.send(new ServerFrame.AuthOk(fresh.expiresAt().truncatedTo(ChronoUnit.MILLIS)));
                } else {
                    refuse(Refusal.of(ErrorCode.FORBIDDEN, "the token is another user's"), null, null);
                }
            }
        }
    }

    private void refuse(Refusal refusal, @Nullable MessageId message, @Nullable SessionId session) {
        edge.metrics().refused(refusal.code());
        out.send(refusal.frame(message, session));
    }

    Caller caller() {
        return caller;
    }

    /** What to say once Kafka has a command, or had no need of it. */
    private interface Acknowledgement {
        ServerFrame frame(boolean already);
    }
}
