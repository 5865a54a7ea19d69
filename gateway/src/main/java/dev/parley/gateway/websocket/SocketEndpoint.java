package dev.parley.gateway.websocket;

import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.chat.ChatService;
import dev.parley.schema.startup.RepeatingThread;
import dev.parley.schema.startup.RequiredThreads;
import jakarta.websocket.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.SubProtocolCapable;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/**
 * {@code /api/ws}: all WebSockets of this node. It stops before the web server does, so that every client is told with 1012, not cut
 * off.
 */
public final class SocketEndpoint extends AbstractWebSocketHandler implements SubProtocolCapable, SmartLifecycle {

    public static final String SUBPROTOCOL = "parley.v1";

    private static final Logger LOG = LoggerFactory.getLogger(SocketEndpoint.class);
    /** Shown by standalone, too, which shows little else. */
    private static final Logger SHUTDOWN = LoggerFactory.getLogger("dev.parley.shutdown");

    private static final long TICK_MS = 1_000;
    private static final long CLOSE_HANDSHAKE_MS = 5_000;
    private static final long CLOSE_FRAME_MS = 500;

    private final SocketContext edge;
    private final Map<String, SocketConnection> connections = new ConcurrentHashMap<>();
    private final ExecutorService writers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("gateway-writer").factory());
    private final RequiredThreads required;
    private @Nullable RepeatingThread watch;
    private volatile boolean running;
    private volatile boolean leaving;

    public SocketEndpoint(SocketContext edge, RequiredThreads required) {
        this.edge = edge;
        this.required = required;
    }

    /** Whether this node takes no more connections. */
    public boolean isLeaving() {
        return leaving;
    }

    @Override
    public List<String> getSubProtocols() {
        return List.of(SUBPROTOCOL);
    }

    /** Messages come in pieces, so that an idle connection needs no large buffer. */
    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession socket) {
        Caller caller = (Caller) socket.getAttributes().get(HandshakeChecks.CALLER);
        String traceparent = (String) socket.getAttributes().get(HandshakeChecks.TRACEPARENT);
        if (caller == null) {
            throw new IllegalStateException("a connection without a handshake");
        }
        Session session = ((NativeWebSocketSession) socket).getNativeSession(Session.class);
        setTimeouts(session);
        SocketConnection connection =
                new SocketConnection(edge, socket, new IncomingFrames(session), caller, traceparent, writers);
        connections.put(socket.getId(), connection);
        connection.open();
        if (leaving) {
            leave(connection);
        }
    }

    private void setTimeouts(@Nullable Session session) {
        if (session != null) {
            Map<String, Object> properties = session.getUserProperties();
            long writeMs = edge.settings().maxWriteMs() + 2 * TICK_MS;
            properties.put("org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT", writeMs);
            properties.put("org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT", CLOSE_HANDSHAKE_MS);
            properties.put("org.apache.tomcat.websocket.ABNORMAL_SESSION_CLOSE_SEND_TIMEOUT", CLOSE_FRAME_MS);
        }
    }

    @Override
    protected void handleTextMessage(WebSocketSession socket, TextMessage message) {
        SocketConnection connection = connections.get(socket.getId());
        if (connection != null) {
            connection.onText(message.getPayload(), message.isLast());
        }
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession socket, BinaryMessage message) {
        SocketConnection connection = connections.get(socket.getId());
        if (connection != null) {
            connection.onBinary();
        }
    }

    @Override
    protected void handlePongMessage(WebSocketSession socket, PongMessage message) {
        SocketConnection connection = connections.get(socket.getId());
        if (connection != null) {
            connection.onPong();
        }
    }

    @Override
    public void handleTransportError(WebSocketSession socket, Throwable failure) {
        LOG.debug("connection {} broke: {}", socket.getId(), failure.getClass().getSimpleName());
    }

    @Override
    public void afterConnectionClosed(WebSocketSession socket, CloseStatus status) {
        SocketConnection connection = connections.remove(socket.getId());
        if (connection != null) {
            connection.onClosed(status.getCode());
        }
    }

    // ---- its life
    // ----------------------------------------------------------------------------------------------------

    @Override
    public void start() {
        running = true;
        watch = RepeatingThread.start("gateway-watch", Duration.ofMillis(TICK_MS), this::tick, required);
    }

    private void tick() {
        long now = ChatService.nowMs();
        for (SocketConnection connection : connections.values()) {
            try {
                connection.tick(now);
            } catch (RuntimeException e) {
                LOG.warn("a connection could not be looked after", e);
            }
        }
    }

    @Override
    public void stop() {
        leaving = true;
        int open = connections.size();
        if (open > 0) {
            SHUTDOWN.info(
                    "Shutdown waits for {} WebSocket connection(s) to close, {} ms at most"
                            + " (parley.gateway.socket.drain-ms). Their answers go on.",
                    open,
                    edge.settings().drainMs());
        }
        connections.values().forEach(this::leave);
        awaitEmpty(Duration.ofMillis(edge.settings().drainMs()));
        if (watch != null) {
            watch.close();
        }
        running = false;
    }

    /** Tells all who are connected now to come back, to another node if there is one, and closes with 1012. Others may still come. */
    public void sendElsewhere() {
        connections.values().forEach(this::leave);
    }

    private void leave(SocketConnection connection) {
        connection.leave(ThreadLocalRandom.current().nextLong(edge.settings().reconnectSpreadMs()));
    }

    private void awaitEmpty(Duration most) {
        long deadline = System.nanoTime() + most.toNanos();
        synchronized (connections) {
            try {
                while (!connections.isEmpty() && System.nanoTime() < deadline) {
                    connections.wait(10);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** After the web server starts, before it stops. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
