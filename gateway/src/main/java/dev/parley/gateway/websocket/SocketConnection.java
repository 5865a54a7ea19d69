package dev.parley.gateway.websocket;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.MonotonicClock;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.relay.CloseReason;
import dev.parley.gateway.relay.ConnectionQueue;
import dev.parley.gateway.relay.QueueItem;
import dev.parley.gateway.relay.WriteProgress;
import dev.parley.gateway.settings.SocketSettings;
import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.json.FrameCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * One WebSocket: assembles the fragments of a message, writes the items of its {@link ConnectionQueue}, and checks that the client is alive. Writes
 * block a virtual thread, which exists only while items wait.
 */
final class SocketConnection {

    /** What an empty fragment counts as, so that a message of empty fragments reaches the bound too. */
    private static final int EMPTY_FRAGMENT_BYTES = 6;

    /** How long a connection that is being closed may take nothing, before it is cut. */
    private static final int MAX_STUCK_CLOSE_MS = 5_000;

    /** If so many requests wait for their reply, no more frames are read. */
    private static final int MAX_PENDING = 256;

    private final SocketContext context;
    private final WebSocketSession socket;
    private final Executor writers;
    private final ConnectionQueue queue;
    private final FrameHandler handler;
    private final IncomingFrames incoming;
    private final ControlFrameLimit controlFrames;
    private final WriteProgress progress;

    private final StringBuilder message = new StringBuilder(0);
    private int messageBytes;

    /** Pings that were written since the last frame from the client. */
    private final AtomicInteger unansweredPings = new AtomicInteger();

    private volatile boolean pingQueued;
    private long nextPingAtMs;
    private boolean suspended; // guarded by incoming
    private boolean opened;
    private boolean goingAway;

    SocketConnection(
            SocketContext context,
            WebSocketSession socket,
            IncomingFrames incoming,
            Caller caller,
            @Nullable String traceparent,
            Executor writers) {
        this.context = context;
        this.socket = socket;
        this.incoming = incoming;
        this.writers = writers;
        SocketSettings settings = context.settings();
        this.queue =
                new ConnectionQueue(caller.user(), (int) settings.maxBacklog().toBytes(), this::startWriter);
        this.handler = new FrameHandler(context, queue, caller, traceparent, this::limitReading);
        this.progress = new WriteProgress(
                (int) settings.minProgress().toBytes(), settings.maxWrite().toMillis());
        this.controlFrames =
                new ControlFrameLimit(incoming::completed, settings.maxControlFrames(), MonotonicClock.nowMs());
        this.nextPingAtMs = MonotonicClock.nowMs() + settings.heartbeat().toMillis();
    }

    synchronized void open() {
        handler.open(socket.getId());
        opened = true;
    }

    // ---- from the client
    // ---------------------------------------------------------------------------------------------

    void onText(String part, boolean last) {
        unansweredPings.set(0);
        controlFrames.onData();
        if (queue.isEnding()) {
            return;
        }
        messageBytes += part.isEmpty() && !last ? EMPTY_FRAGMENT_BYTES : utf8Length(part);
        if (messageBytes > context.settings().maxFrame().toBytes()) {
            queue.close(CloseReason.TOO_BIG);
            return;
        }
        if (last && message.isEmpty()) {
            messageBytes = 0;
            handler.onText(part);
            return;
        }
        message.append(part);
        if (last) {
            String whole = message.toString();
            message.setLength(0);
            message.trimToSize();
            messageBytes = 0;
            handler.onText(whole);
        }
    }

    void onBinary() {
        controlFrames.onData();
        queue.close(CloseReason.UNSUPPORTED);
    }

    void onPong() {
        unansweredPings.set(0);
    }

    /**
     * Stops reading from a client that sends requests faster than it reads the replies, until it has read most of them. So a burst of requests
     * closes no connection, and what waits for the client is bounded.
     */
    private void limitReading() {
        synchronized (incoming) {
            long waitingBytes = queue.isEnding() ? 0 : queue.ownBytes();
            int pending = handler.pendingReplies();
            long high = context.settings().maxBacklog().toBytes() / 4;
            if (!suspended && (waitingBytes > high || pending >= MAX_PENDING)) {
                suspended = true;
                incoming.suspend();
            } else if (suspended && waitingBytes <= high / 2 && pending < MAX_PENDING / 2) {
                suspended = false;
                incoming.resume();
            }
        }
    }

    private static int utf8Length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }

    // ---- to the client
    // -----------------------------------------------------------------------------------------------

    private void startWriter() {
        writers.execute(this::write);
    }

    private void write() {
        long writing = progress.started(MonotonicClock.nowMs());
        try {
            for (QueueItem next = queue.poll(); next != null; next = queue.poll()) {
                write(next);
                limitReading();
            }
        } catch (IOException | RuntimeException e) {
            queue.discard();
            closeTransport(CloseStatus.SERVER_ERROR);
        } finally {
            progress.finished(writing);
        }
    }

    private void write(QueueItem next) throws IOException {
        switch (next) {
            case QueueItem.Frame frame -> send(frame.frame());
            case QueueItem.Refused refused -> send(FrameCodec.encode(refused.frame()));
            case QueueItem.Event event -> {
                send(event.record().value());
                if (event.live()) {
                    context.metrics()
                            .relayed(
                                    GatewayMetrics.Transport.WEBSOCKET,
                                    context.clock().millis() - event.record().recordedAtMs());
                }
            }
            case QueueItem.StreamDeleted _ -> {} // the client gets conversation_deleted
            case QueueItem.Ping _ -> {
                socket.sendMessage(new PingMessage());
                unansweredPings.incrementAndGet();
                pingQueued = false;
            }
            case QueueItem.Close close -> close(close.reason());
        }
    }

    private void send(byte[] utf8) throws IOException {
        int from = 0;
        do {
            int end = Utf8Fragments.end(utf8, from);
            String fragment = new String(utf8, from, end - from, StandardCharsets.UTF_8);
            socket.sendMessage(new TextMessage(fragment, end == utf8.length));
            progress.taken(end - from, MonotonicClock.nowMs());
            from = end;
        } while (from < utf8.length);
    }

    /** Sends a close frame; if a write is stuck, cuts the TCP connection instead. */
    private void close(CloseReason reason) {
        closeTransport(new CloseStatus(reason.code(), reason.text()));
    }

    private void closeTransport(CloseStatus status) {
        try {
            socket.close(status);
        } catch (IOException | RuntimeException e) {
            // The connection is gone already.
        }
    }

    // ---- lifecycle
    // ----------------------------------------------------------------------------------------------------

    /** Checks the bounds, the token and the heartbeat; to be called about once a second. Does not block. */
    void tick(long nowMs) {
        if (isTooSlow(nowMs)) {
            queue.close(CloseReason.READER_TOO_SLOW);
            writers.execute(() -> close(CloseReason.READER_TOO_SLOW));
        } else if (incoming.announcedBytes() > context.settings().maxFrame().toBytes()) {
            queue.close(CloseReason.TOO_BIG);
        } else if (controlFrames.areTooMany(nowMs)) {
            queue.close(CloseReason.CONTROL_FLOOD);
        } else if (!context.clock().instant().isBefore(handler.caller().expiresAt())) {
            queue.close(CloseReason.TOKEN_EXPIRED);
        } else if (nowMs >= nextPingAtMs) {
            heartbeat(nowMs);
        }
    }

    private boolean isTooSlow(long nowMs) {
        return progress.isTooSlow(nowMs)
                || (queue.closeReason() != null && progress.isStuck(nowMs, MAX_STUCK_CLOSE_MS));
    }

    /** A pong is due only if the last ping was written and frames are read. */
    private void heartbeat(long nowMs) {
        nextPingAtMs = nowMs + context.settings().heartbeat().toMillis();
        if (pingQueued || isSuspended()) {
            return;
        }
        if (unansweredPings.get() >= 2) {
            queue.close(CloseReason.HEARTBEAT_LOST);
            return;
        }
        pingQueued = true;
        queue.ping();
    }

    private boolean isSuspended() {
        synchronized (incoming) {
            return suspended;
        }
    }

    /**
     * Tells the client when to reconnect, then closes. Only the first call after {@link #open} has an effect, so that {@code connect} is the first
     * frame: a node that is stopping calls this after it has opened the connection.
     */
    synchronized void goAway(long reconnectInMs) {
        if (!opened || goingAway) {
            return;
        }
        goingAway = true;
        queue.send(new ServerFrame.GoingAway(reconnectInMs));
        queue.closeWhenWritten(CloseReason.RESTART);
    }

    /** The connection is gone; {@code code} is the close code that the web server reports. */
    void onClosed(int code) {
        CloseReason reason = queue.closeReason();
        context.metrics().closed(reason == null ? code : reason.code());
        context.relay().disconnect(queue);
    }
}
