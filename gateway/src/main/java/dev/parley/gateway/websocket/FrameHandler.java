package dev.parley.gateway.websocket;

import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.auth.TokenVerification;
import dev.parley.gateway.chat.ReplyHandler;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.CloseReason;
import dev.parley.gateway.relay.ConnectionQueue;
import dev.parley.gateway.settings.SocketSettings;
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
 * Handles the frames of one client. They come one after the other; nothing here blocks, and every reply goes through the connection's
 * {@link ConnectionQueue}.
 */
final class FrameHandler {

    private static final Vocabulary<ClientFrame> FRAMES = Vocabulary.of(ClientFrame.class);

    private static final Refusal TOO_MANY_FRAMES =
            new Refusal(ErrorCode.RATE_LIMIT_EXCEEDED, "too many frames on this connection", 1_000L);

    private final SocketContext context;
    private final ConnectionQueue queue;
    private volatile Caller caller;
    private final @Nullable String traceparent;
    private final Bucket frameRate;

    /** Sessions that the client has asked to join and that are not joined yet. */
    private final Set<SessionId> joining = ConcurrentHashMap.newKeySet();

    private final AtomicInteger pendingReplies = new AtomicInteger();
    private final Runnable onReply;

    private int malformedInARow;

    /**
     * @param traceparent W3C trace context of the handshake, which all requests of the connection belong to
     * @param onReply called after each frame and after each later reply; must not block
     */
    FrameHandler(
            SocketContext context,
            ConnectionQueue queue,
            Caller caller,
            @Nullable String traceparent,
            Runnable onReply) {
        this.context = context;
        this.queue = queue;
        this.caller = caller;
        this.traceparent = traceparent;
        this.onReply = onReply;
        SocketSettings settings = context.settings();
        this.frameRate = Bucket.builder()
                .addLimit(limit -> limit.capacity(settings.frameBurst())
                        .refillGreedy(settings.framesPerSecond(), Duration.ofSeconds(1)))
                .build();
    }

    void open(String connectionId) {
        int connections = context.relay().connect(queue) + context.chat().remoteConnectionsOf(caller.user());
        queue.send(new ServerFrame.Connect(
                caller.user(),
                connectionId,
                context.clock().instant(),
                (int) context.settings().heartbeat().toMillis(),
                context.limits()));
        if (connections > context.limits().maxConnections()) {
            queue.closeWhenWritten(CloseReason.TOO_MANY_CONNECTIONS);
        }
    }

    /** How many requests wait for their reply. */
    int pendingReplies() {
        return pendingReplies.get();
    }

    void onText(String text) {
        try {
            handle(text);
        } finally {
            onReply.run();
        }
    }

    private void handle(String text) {
        if (!frameRate.tryConsume(1)) {
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
        if (malformedInARow >= context.settings().maxMalformed()) {
            queue.closeWhenWritten(CloseReason.POLICY);
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
            case ClientFrame.Ping ping -> queue.send(new ServerFrame.Pong(WellFormedJson.of(ping.t())));
        }
    }

    private void chatStream(ClientFrame.ChatStream frame) {
        MessageId message = frame.messageId();
        SessionId session = frame.sessionId();
        context.chat()
                .chatStream(
                        caller,
                        queue,
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
        context.chat()
                .stopGeneration(
                        caller,
                        frame,
                        traceparent,
                        reply(message, session, over -> new ServerFrame.StopAcknowledged(message, session, over)));
    }

    private ReplyHandler reply(MessageId message, SessionId session, Acknowledgement acknowledgement) {
        return new PendingReply(message, session) {
            @Override
            void onDone(boolean already) {
                queue.send(acknowledgement.frame(already));
            }
        };
    }

    /** There is no reply frame: {@code resumed} comes where the past of the stream ends. */
    private void resume(ClientFrame.Resume frame) {
        context.chat().resume(caller, queue, frame, new PendingReply(frame.messageId(), frame.sessionId()));
    }

    private void join(SessionId session) {
        joining.add(session);
        context.chat()
                .join(
                        queue,
                        new SessionKey(caller.user(), session),
                        context.settings().maxJoinedSessions(),
                        () -> joining.remove(session),
                        new PendingReply(null, session) {
                            @Override
                            void onRefused() {
                                joining.remove(session);
                            }
                        });
    }

    /** A request that waits for its reply. */
    private class PendingReply implements ReplyHandler {

        private final @Nullable MessageId message;
        private final SessionId session;

        PendingReply(@Nullable MessageId message, SessionId session) {
            this.message = message;
            this.session = session;
            pendingReplies.incrementAndGet();
        }

        @Override
        public final void done(boolean already) {
            onDone(already);
            replied();
        }

        @Override
        public final void refused(Refusal refusal) {
            onRefused();
            refuse(refusal, message, session);
            replied();
        }

        private void replied() {
            pendingReplies.decrementAndGet();
            onReply.run();
        }

        void onDone(boolean already) {}

        void onRefused() {}
    }

    private void leave(SessionId session) {
        joining.remove(session);
        context.relay().leave(queue, new SessionKey(caller.user(), session));
    }

    /** If the new token is refused, the old one stays in force. */
    private void renew(String token) {
        switch (context.verifier().verify(token)) {
            case TokenVerification.Refused(String reason) ->
                refuse(Refusal.of(ErrorCode.UNAUTHORIZED, reason), null, null);
            case TokenVerification.Accepted(Caller renewed) -> {
                if (renewed.user().equals(caller.user())) {
                    caller = renewed;
                    queue.send(new ServerFrame.AuthOk(renewed.expiresAt().truncatedTo(ChronoUnit.MILLIS)));
                } else {
                    refuse(Refusal.of(ErrorCode.FORBIDDEN, "the token belongs to another user"), null, null);
                }
            }
        }
    }

    private void refuse(Refusal refusal, @Nullable MessageId message, @Nullable SessionId session) {
        context.metrics().refused(refusal.code());
        queue.send(refusal.frame(message, session));
    }

    Caller caller() {
        return caller;
    }

    /** Makes the frame that acknowledges a command. */
    private interface Acknowledgement {
        ServerFrame frame(boolean already);
    }
}
