package dev.parley.gateway.websocket;

import dev.parley.gateway.MonotonicClock;
import dev.parley.gateway.auth.Caller;
import dev.parley.service.startup.RepeatingThread;
import dev.parley.service.startup.RequiredThreads;
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
 * {@code /api/ws}: all WebSockets of this node. It stops before the web server, so that every client gets the close code 1012 and no connection is
 * cut.
 */
public final class SocketEndpoint extends AbstractWebSocketHandler implements SubProtocolCapable, SmartLifecycle {

    public static final String SUBPROTOCOL = "parley.v1";

    private static final Logger LOG = LoggerFactory.getLogger(SocketEndpoint.class);
    /** Standalone shows this logger too, and few others. */
    private static final Logger SHUTDOWN = LoggerFactory.getLogger("dev.parley.shutdown");

    private static final long TICK_MS = 1_000;
    private static final long CLOSE_HANDSHAKE_MS = 5_000;
    private static final long CLOSE_FRAME_MS = 500;

    private final SocketContext context;
    private final Map<String, SocketConnection> connections = new ConcurrentHashMap<>();
    private final ExecutorService writers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("gateway-writer").factory());
    private final RequiredThreads required;
    private @Nullable RepeatingThread watch;
    private volatile boolean running;
    private volatile boolean stopping;

    public SocketEndpoint(SocketContext context, RequiredThreads required) {
        this.context = context;
        this.required = required;
    }

    /** Whether this node accepts no more connections. */
    public boolean isStopping() {
        return stopping;
    }

    @Override
    public List<String> getSubProtocols() {
        return List.of(SUBPROTOCOL);
    }

    /** Messages come in fragments, so that an idle connection needs no large buffer. */
    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession socket) {
        Caller caller = (Caller) socket.getAttributes().get(HandshakeChecks.CALLER);
        String traceparent = (String) socket.getAttributes().get(HandshakeChecks.TRACEPARENT);
        if (caller == null) {
            throw new IllegalStateException("The handshake has not stored the caller of this connection");
        }
        Session session = ((NativeWebSocketSession) socket).getNativeSession(Session.class);
        setTimeouts(session);
        SocketConnection connection =
                new SocketConnection(context, socket, new IncomingFrames(session), caller, traceparent, writers);
        connections.put(socket.getId(), connection);
        connection.open();
        if (stopping) {
            goAway(connection);
        }
    }

    private void setTimeouts(@Nullable Session session) {
        if (session != null) {
            Map<String, Object> properties = session.getUserProperties();
            long writeMs = context.settings().maxWrite().toMillis() + 2 * TICK_MS;
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
        LOG.debug("Connection {} failed: {}", socket.getId(), failure.getClass().getSimpleName());
    }

    @Override
    public void afterConnectionClosed(WebSocketSession socket, CloseStatus status) {
        SocketConnection connection = connections.remove(socket.getId());
        if (connection != null) {
            connection.onClosed(status.getCode());
        }
    }

    // ---- lifecycle
    // ----------------------------------------------------------------------------------------------------

    @Override
    public void start() {
        running = true;
        watch = RepeatingThread.start("gateway-watch", Duration.ofMillis(TICK_MS), this::tick, required);
    }

    private void tick() {
        long now = MonotonicClock.nowMs();
        for (SocketConnection connection : connections.values()) {
            try {
                connection.tick(now);
            } catch (RuntimeException e) {
                LOG.error("Unexpected error in the check of a connection; the other connections are not affected", e);
            }
        }
    }

    @Override
    public void stop() {
        stopping = true;
        int open = connections.size();
        if (open > 0) {
            SHUTDOWN.info(
                    "Shutdown waits for {} WebSocket connection(s) to close, {} ms at most"
                            + " (parley.gateway.socket.drain-ms). Their answers go on.",
                    open,
                    context.settings().drain().toMillis());
        }
        connections.values().forEach(this::goAway);
        awaitEmpty(context.settings().drain());
        if (watch != null) {
            watch.close();
        }
        running = false;
    }

    /** Asks all connected clients to reconnect, to another node if there is one, and closes with 1012. New connections are still accepted. */
    public void requestReconnect() {
        connections.values().forEach(this::goAway);
    }

    private void goAway(SocketConnection connection) {
        long spreadMs = context.settings().reconnectSpread().toMillis();
        connection.goAway(ThreadLocalRandom.current().nextLong(spreadMs));
    }

    private void awaitEmpty(Duration max) {
        long deadline = System.nanoTime() + max.toNanos();
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
