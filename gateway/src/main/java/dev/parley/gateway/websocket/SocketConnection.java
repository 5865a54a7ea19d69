package dev.parley.gateway.websocket;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.relay.CloseReason;
import dev.parley.gateway.relay.ConnectionQueue;
import dev.parley.gateway.relay.QueueItem;
import dev.parley.gateway.relay.WriteProgress;
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
 * One WebSocket: puts the pieces of a message together, writes what its {@link ConnectionQueue} holds, and watches that the other side
 * lives. Writes block a virtual thread, which exists only while there is something to write.
 */
final class SocketConnection {

    /** What a fragment without text counts as, so that a message of nothing else ends, too. */
    private static final int EMPTY_FRAGMENT_BYTES = 6;

    /** How long a connection that is to be closed may take nothing. */
    private static final int CLOSE_PATIENCE_MS = 5_000;

    /** How many requests may wait for their answer; then no more are read. */
    private static final int MAX_OUTSTANDING = 256;

    private final SocketContext edge;
    private final WebSocketSession socket;
    private final Executor writers;
    private final ConnectionQueue out;
    private final FrameHandler dialog;
    private final IncomingFrames incoming;
    private final ControlFrameLimit controlFrames;
    private final WriteProgress progress;

    private final StringBuilder message = new StringBuilder(0);
    private int messageBytes;

    /** Pings that were written, and after which nothing has come. */
    private final AtomicInteger unansweredPings = new AtomicInteger();

    private volatile boolean pingWaits;
    private long nextPingAtMs;
    private boolean suspended; // guarded by incoming
    private boolean opened;
    private boolean left;

    SocketConnection(
            SocketContext edge,
            WebSocketSession socket,
            IncomingFrames incoming,
            Caller caller,
            @Nullable String traceparent,
            Executor writers) {
        this.edge = edge;
        this.socket = socket;
        this.incoming = incoming;
        this.writers = writers;
        SocketSettings settings = edge.settings();
        this.out = new ConnectionQueue(caller.user(), settings.maxBacklogBytes(), this::startWriter);
        this.dialog = new FrameHandler(edge, out, caller, traceparent, this::regulate);
        this.progress = new WriteProgress(settings.minProgressBytes(), settings.maxWriteMs());
        this.controlFrames =
                new ControlFrameLimit(incoming::completed, settings.maxControlFrames(), ChatService.nowMs());
        this.nextPingAtMs = ChatService.nowMs() + settings.heartbeatMs();
    }

    synchronized void open() {
        dialog.open(socket.getId());
        opened = true;
    }

    // ---- from the client
    // ---------------------------------------------------------------------------------------------

    void onText(String part, boolean last) {
        unansweredPings.set(0);
        controlFrames.onData();
        if (out.isEnding()) {
            return;
        }
        messageBytes += part.isEmpty() && !last ? EMPTY_FRAGMENT_BYTES : utf8Length(part);
        if (messageBytes > edge.settings().maxFrameBytes()) {
            out.close(CloseReason.TOO_BIG);
            return;
        }
        if (last && message.isEmpty()) {
            messageBytes = 0;
            dialog.onText(part);
            return;
        }
        message.append(part);
        if (last) {
            String whole = message.toString();
            message.setLength(0);
            message.trimToSize();
            messageBytes = 0;
            dialog.onText(whole);
        }
    }

    void onBinary() {
        controlFrames.onData();
        out.close(CloseReason.UNSUPPORTED);
    }

    void onPong() {
        unansweredPings.set(0);
    }

    /**
     * Reads no more from a client that does not take its answers as fast as it asks, until it has taken most of them: so a burst of
     * requests is no reason to close, and what waits for the client is bounded.
     */
    private void regulate() {
        synchronized (incoming) {
            long waiting = out.isEnding() ? 0 : out.copies();
            int outstanding = dialog.outstanding();
            int high = edge.settings().maxBacklogBytes() / 4;
            if (!suspended && (waiting > high || outstanding >= MAX_OUTSTANDING)) {
                suspended = true;
                incoming.suspend();
            } else if (suspended && waiting <= high / 2 && outstanding < MAX_OUTSTANDING / 2) {
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
        long waiting = progress.waits(ChatService.nowMs());
        try {
            for (QueueItem next = out.poll(); next != null; next = out.poll()) {
                write(next);
                regulate();
            }
        } catch (IOException | RuntimeException e) {
            out.abandon();
            closeTransport(CloseStatus.SERVER_ERROR);
        } finally {
            progress.rests(waiting);
        }
    }

    private void write(QueueItem next) throws IOException {
        switch (next) {
            case QueueItem.Control control -> send(control.frame());
            case QueueItem.Refused refused -> send(FrameCodec.encode(refused.frame()));
            case QueueItem.Event event -> {
                send(event.record().value());
                if (event.live()) {
                    edge.metrics()
                            .relayed(
                                    GatewayMetrics.Transport.WEBSOCKET,
                                    edge.clock().millis() - event.record().recordedAtMs());
                }
            }
            case QueueItem.Lost _ -> {} // conversation_deleted says it
            case QueueItem.Ping _ -> {
                socket.sendMessage(new PingMessage());
                unansweredPings.incrementAndGet();
                pingWaits = false;
            }
            case QueueItem.Close close -> shut(close.why());
        }
    }

    private void send(byte[] utf8) throws IOException {
        int from = 0;
        do {
            int end = Utf8Fragments.end(utf8, from);
            String piece = new String(utf8, from, end - from, StandardCharsets.UTF_8);
            socket.sendMessage(new TextMessage(piece, end == utf8.length));
            progress.took(end - from, ChatService.nowMs());
            from = end;
        } while (from < utf8.length);
    }

    /** Sends a close frame where a write is not stuck; where one is, cuts the TCP connection. */
    private void shut(CloseReason why) {
        closeTransport(new CloseStatus(why.code(), why.reason()));
    }

    private void closeTransport(CloseStatus status) {
        try {
            socket.close(status);
        } catch (IOException | RuntimeException e) {
            // The connection is gone already, which is what was wanted.
        }
    }

    // ---- its life
    // ----------------------------------------------------------------------------------------------------

    /** Looks after the connection; to be called about once a second. Returns at once. */
    void tick(long nowMs) {
        if (isTooSlow(nowMs)) {
            out.close(CloseReason.READER_TOO_SLOW);
            writers.execute(() -> shut(CloseReason.READER_TOO_SLOW));
        } else if (incoming.announcedBytes() > edge.settings().maxFrameBytes()) {
            out.close(CloseReason.TOO_BIG);
        } else if (controlFrames.areTooMany(nowMs)) {
            out.close(CloseReason.CONTROL_FLOOD);
        } else if (!edge.clock().instant().isBefore(dialog.caller().expiresAt())) {
            out.close(CloseReason.TOKEN_EXPIRED);
        } else if (nowMs >= nextPingAtMs) {
            heartbeat(nowMs);
        }
    }

    private boolean isTooSlow(long nowMs) {
        return progress.isTooSlow(nowMs) || (out.endedFor() != null && progress.isStuck(nowMs, CLOSE_PATIENCE_MS));
    }

    /** A ping that still waits behind a long answer was not sent, so its answer is not due; and what is not read cannot be one. */
    private void heartbeat(long nowMs) {
        nextPingAtMs = nowMs + edge.settings().heartbeatMs();
        if (pingWaits || isSuspended()) {
            return;
        }
        if (unansweredPings.get() >= 2) {
            out.close(CloseReason.HEARTBEAT_LOST);
            return;
        }
        pingWaits = true;
        out.ping();
    }

    private boolean isSuspended() {
        synchronized (incoming) {
            return suspended;
        }
    }

    /**
     * The node leaves: the client is told when to come back, then closed. Counts once, and only when the connection has been
     * opened: whoever opens it on a node that leaves calls this afterwards, so that {@code connect} stays the first frame.
     */
    synchronized void leave(long reconnectInMs) {
        if (!opened || left) {
            return;
        }
        left = true;
        out.send(new ServerFrame.GoingAway(reconnectInMs));
        out.closeAfterRest(CloseReason.RESTART);
    }

    /** The connection is gone; {@code code} is what the transport says. */
    void onClosed(int code) {
        CloseReason ours = out.endedFor();
        edge.metrics().closed(ours == null ? code : ours.code());
        edge.relay().disconnect(out);
    }
}
