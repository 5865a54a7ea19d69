package dev.parley.gateway.http;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.GatewayMetrics.Transport;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.CloseReason;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.settings.SocketSettings;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.StreamId;
import dev.parley.service.startup.RepeatingThread;
import dev.parley.service.startup.RequiredThreads;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.MediaType;

/**
 * Runs requests that may block, each on a virtual thread, and writes streams as server-sent events. All of them end before the web server stops.
 * An incomplete response never ends like a complete one: an event with the reason is written if possible, and the body is broken off.
 */
public final class SseResponses implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SseResponses.class);

    /** Interval of the checks for expired tokens. */
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

    private final Relay relay;
    private final GatewayMetrics metrics;
    private final SocketSettings settings;
    private final ThreadFactory threads = Thread.ofVirtual().name("gateway-sse").factory();
    private final Set<SseResponse> open = ConcurrentHashMap.newKeySet();
    private final Clock clock;
    private final RequiredThreads required;
    private @Nullable RepeatingThread watch;
    private volatile boolean running;

    public SseResponses(
            Relay relay, GatewayMetrics metrics, SocketSettings settings, Clock clock, RequiredThreads required) {
        this.clock = clock;
        this.required = required;
        this.relay = relay;
        this.metrics = metrics;
        this.settings = settings;
    }

    // ---- requests
    // ----------------------------------------------------------------------------------------------------

    /** Runs a request to its end on a thread of its own, which may block. */
    void run(HttpServletRequest request, Work work) {
        ResponseConnection connection = ResponseConnections.of(request);
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        threads.newThread(() -> {
                    boolean complete = false;
                    try {
                        connection.setWriteTimeout((int) settings.maxWrite().toMillis());
                        complete = isCompleted((HttpServletResponse) async.getResponse(), work);
                    } finally {
                        if (!complete) {
                            metrics.sseBrokenOff();
                            breakOff(connection);
                        }
                        complete(async);
                    }
                })
                .start();
    }

    private boolean isCompleted(HttpServletResponse response, Work work) {
        try {
            work.run(response);
            return true;
        } catch (BrokenOff e) {
            LOG.debug("A response ended before its stream");
        } catch (IOException e) {
            LOG.debug("The client of a response has disconnected, or reads nothing");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            return isReported(e, response);
        }
        return false;
    }

    /** Reports an unexpected error to the client. @return false if the response has begun already */
    private boolean isReported(RuntimeException failure, HttpServletResponse response) {
        LOG.error("Unexpected error in a request", failure);
        if (response.isCommitted()) {
            return false;
        }
        try {
            response.resetBuffer();
            refuse(response, Refusal.of(ErrorCode.INTERNAL_ERROR, "an unexpected error occurred"));
            return true;
        } catch (IOException e) {
            LOG.debug("The client has disconnected");
            return false;
        }
    }

    private static void breakOff(ResponseConnection connection) {
        try {
            connection.breakOff();
        } catch (RuntimeException e) {
            LOG.debug("The web server has ended the response already, because the client has disconnected");
        }
    }

    private static void complete(AsyncContext async) {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            LOG.debug("The web server has ended the response already, because the client has disconnected");
        }
    }

    /** Answers with problem details. */
    void refuse(HttpServletResponse response, Refusal why) throws IOException {
        metrics.refusedOverHttp(why.code());
        JsonResponse.writeProblem(response, why);
    }

    // ---- streams
    // -----------------------------------------------------------------------------------------------------

    /**
     * Makes a response for a stream and connects it to the relay; to be given to {@link #write} and then to {@link #disconnect}.
     *
     * @param maxConnections how many connections to this gateway its owner may have, this one among them
     * @throws ProblemException with {@code RATE_LIMIT_EXCEEDED} if the owner has more
     */
    SseResponse connect(Caller owner, StreamId stream, Duration heartbeat, ReplayPace pace, int maxConnections) {
        SseResponse response = new SseResponse(
                owner,
                stream,
                (int) settings.maxBacklog().toBytes(),
                heartbeat,
                pace,
                recordedAtMs -> metrics.relayed(Transport.SSE, System.currentTimeMillis() - recordedAtMs));
        if (relay.connect(response.queue()) > maxConnections) {
            relay.disconnect(response.queue());
            throw new ProblemException(ErrorCode.RATE_LIMIT_EXCEEDED, "too many connections");
        }
        open.add(response);
        metrics.sseOpened();
        if (!running) {
            response.end(restart());
        }
        return response;
    }

    void disconnect(SseResponse stream) {
        relay.disconnect(stream.queue());
        open.remove(stream);
    }

    /**
     * Writes the stream that a connected response follows, to its end.
     *
     * @throws BrokenOff if the stream's end was not written; an event with the reason was
     */
    void write(SseResponse stream, HttpServletResponse response) throws IOException, InterruptedException {
        begin(response);
        OutputStream out = response.getOutputStream();
        boolean complete;
        try {
            complete = stream.writeTo(out);
        } catch (RuntimeException | Error e) { // after any failure the client must not see a proper end
            LOG.error("Unexpected error between two events of a response", e);
            stream.finalEvents().internalError(out);
            complete = false;
        }
        if (!complete) {
            ErrorCode written = stream.finalEvents().written();
            if (written != null) {
                metrics.refusedOverHttp(written);
            }
            throw new BrokenOff();
        }
    }

    static void begin(HttpServletResponse response) throws IOException {
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        response.flushBuffer();
    }

    // ---- lifecycle
    // ---------------------------------------------------------------------------------------------------

    /** Ends the responses that need the log, and asks their clients to reconnect. Those from the archive go on. */
    public void requestReconnect() {
        open.stream().filter(response -> !response.readsArchiveOnly()).forEach(response -> response.end(restart()));
    }

    /** Ends the responses whose tokens have expired, as sockets are closed then. */
    private void endExpired() {
        Instant now = clock.instant();
        open.stream()
                .filter(response -> !now.isBefore(response.expiresAt()))
                .forEach(response -> response.end(new EarlyEnd(CloseReason.TOKEN_EXPIRED, 0)));
    }

    @Override
    public synchronized void start() {
        running = true;
        watch = RepeatingThread.start("gateway-sse-watch", CHECK_INTERVAL, this::endExpired, required);
    }

    @Override
    public synchronized void stop() {
        running = false;
        if (watch != null) {
            watch.close();
        }
        open.forEach(response -> response.end(restart()));
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }

    private EarlyEnd restart() {
        long spreadMs = settings.reconnectSpread().toMillis();
        return new EarlyEnd(CloseReason.RESTART, ThreadLocalRandom.current().nextLong(spreadMs));
    }

    /** What a request does. */
    interface Work {
        void run(HttpServletResponse response) throws IOException, InterruptedException;
    }

    /** The response ends and is incomplete. */
    static final class BrokenOff extends IOException {

        private static final long serialVersionUID = 1L;

        BrokenOff() {
            super("the response is incomplete");
        }
    }
}
