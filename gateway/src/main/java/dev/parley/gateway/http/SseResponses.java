package dev.parley.gateway.http;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.GatewayMetrics.Transport;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.history.ArchivedStream;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.CloseReason;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.websocket.SocketSettings;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.startup.RepeatingThread;
import dev.parley.schema.startup.RequiredThreads;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
 * The answers under way as server-sent events, each on a virtual thread. They end before the web server stops. An answer that is not whole
 * is never ended as a whole one is: its reader is told why, if the connection takes it, and the body is broken off.
 */
public final class SseResponses implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SseResponses.class);

    /** Between two looks for tokens that have expired. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private final Relay relay;
    private final GatewayMetrics metrics;
    private final SocketSettings settings;
    private final ThreadFactory threads = Thread.ofVirtual().name("gateway-sse").factory();
    private final Set<Ending> open = ConcurrentHashMap.newKeySet();
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

    /** Runs a request to its end on a thread of its own, which may block. */
    void run(HttpServletRequest request, Work work) {
        ResponseConnection connection = ResponseConnections.of(request);
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        threads.newThread(() -> {
                    boolean whole = false;
                    try {
                        connection.setWriteTimeout(settings.maxWriteMs());
                        whole = work((HttpServletResponse) async.getResponse(), work);
                    } finally {
                        if (!whole) {
                            metrics.sseBrokenOff();
                            breakOff(connection);
                        }
                        complete(async);
                    }
                })
                .start();
    }

    /** Whether the answer came to its end. */
    private boolean work(HttpServletResponse response, Work work) {
        try {
            work.run(response);
            return true;
        } catch (BrokenOff e) {
            LOG.debug("an answer ended before its stream did, and its reader was told");
        } catch (IOException e) {
            LOG.debug("an SSE client is gone, or takes nothing");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            return explained(e, response);
        }
        return false;
    }

    private static void breakOff(ResponseConnection connection) {
        try {
            connection.breakOff();
        } catch (RuntimeException e) {
            LOG.debug("the container has ended it, as the client is gone");
        }
    }

    private static void complete(AsyncContext async) {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            LOG.debug("the container has ended it, as the client is gone");
        }
    }

    /** Whether the client was told, as nothing had been answered yet. */
    private boolean explained(RuntimeException failure, HttpServletResponse response) {
        LOG.error("an answer broke", failure);
        if (response.isCommitted()) {
            return false;
        }
        try {
            response.resetBuffer();
            refuse(response, Refusal.of(ErrorCode.INTERNAL_ERROR, "something broke here"));
            return true;
        } catch (IOException e) {
            LOG.debug("the client is gone");
            return false;
        }
    }

    /** Answers with problem details. */
    void refuse(HttpServletResponse response, Refusal why) throws IOException {
        metrics.refusedOverHttp(why.code());
        JsonResponse.writeProblem(response, why);
    }

    /** An answer for this stream, to be connected, written and disconnected. */
    SseResponse stream(Caller owner, StreamId stream, int heartbeatMs, ReplayPace pace) {
        return new SseResponse(
                owner,
                stream,
                settings.maxBacklogBytes(),
                heartbeatMs,
                pace,
                recordedAtMs -> metrics.relayed(Transport.SSE, System.currentTimeMillis() - recordedAtMs));
    }

    /** Registers the stream with the relay, so that it can be attached. */
    void connect(SseResponse stream) {
        relay.connect(stream.outbound());
        opened(stream);
    }

    private void opened(Ending answer) {
        open.add(answer);
        metrics.sseOpened();
        if (!running) {
            answer.end(leaving());
        }
    }

    void disconnect(SseResponse stream) {
        relay.disconnect(stream.outbound());
        open.remove(stream);
    }

    /**
     * Sends what a connected stream gets, to its end.
     *
     * @throws BrokenOff if the stream's end did not come, and the client was told why
     */
    void write(SseResponse stream, HttpServletResponse response) throws IOException, InterruptedException {
        write(stream, response, stream::writeTo);
    }

    /**
     * Sends events of the archive, to the last.
     *
     * @param hasTerminal whether the last of them is a terminal event
     * @throws BrokenOff as above
     */
    void write(Replay replay, List<ArchivedStream.Event> events, boolean hasTerminal, HttpServletResponse response)
            throws IOException, InterruptedException {
        opened(replay);
        try {
            write(replay, response, out -> replay.write(events, hasTerminal, out));
        } finally {
            open.remove(replay);
        }
    }

    private void write(Ending answer, HttpServletResponse response, Writing writing)
            throws IOException, InterruptedException {
        begin(response);
        OutputStream out = response.getOutputStream();
        boolean whole;
        try {
            whole = writing.writeTo(out);
        } catch (RuntimeException | Error e) { // whatever it was, the reader must not take this for the end
            LOG.error("An answer broke off between two events", e);
            answer.lastWords().broken(out);
            whole = false;
        }
        if (!whole) {
            ErrorCode said = answer.lastWords().said();
            if (said != null) {
                metrics.refusedOverHttp(said);
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

    /** Ends the answers that are fed by the log, as when the node leaves; those out of the archive go on. */
    public void sendElsewhere() {
        open.stream().filter(SseResponse.class::isInstance).forEach(answer -> answer.end(leaving()));
    }

    /** Ends the answers whose tokens have expired, as sockets are closed then. */
    private void endExpired() {
        Instant now = clock.instant();
        open.stream()
                .filter(answer -> !now.isBefore(answer.expiresAt()))
                .forEach(answer -> answer.end(new EarlyEnd(CloseReason.TOKEN_EXPIRED, 0)));
    }

    @Override
    public synchronized void start() {
        running = true;
        watch = RepeatingThread.start("gateway-sse-watch", LOOK_EVERY, this::endExpired, required);
    }

    @Override
    public synchronized void stop() {
        running = false;
        if (watch != null) {
            watch.close();
        }
        open.forEach(answer -> answer.end(leaving()));
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }

    private EarlyEnd leaving() {
        return new EarlyEnd(CloseReason.RESTART, ThreadLocalRandom.current().nextLong(settings.reconnectSpreadMs()));
    }

    /** An answer that can be ended before its stream ends. */
    interface Ending {

        /** When the token of its reader expires. */
        Instant expiresAt();

        /** Ends it soon, and its reader is told why. The first call counts. */
        void end(EarlyEnd end);

        FinalEvents lastWords();
    }

    /** What a request does. */
    interface Work {
        void run(HttpServletResponse response) throws IOException, InterruptedException;
    }

    /** Writes an answer; whether its reader has the end of the stream. */
    private interface Writing {
        boolean writeTo(OutputStream out) throws IOException, InterruptedException;
    }

    /** The answer ends here, and it is not whole. */
    static final class BrokenOff extends IOException {
        private static final long serialVersionUID = 1L;

        BrokenOff() {
            super("the answer is not whole");
        }
    }
}
