package dev.parley.gateway.http;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.GatewayMetrics.Transport;
import dev.parley.gateway.history.ArchivedStream;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.socket.SocketSettings;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.MediaType;

/**
 * The answers under way as server-sent events, each on a virtual thread. They end before the web server stops. An answer that is not whole
 * is never ended as a whole one is: its reader is told why, if the connection takes it, and the body is broken off.
 */
public final class EventStreams implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    private final Relay relay;
    private final GatewayMetrics metrics;
    private final SocketSettings settings;
    private final ThreadFactory threads = Thread.ofVirtual().name("gateway-sse").factory();
    private final Set<Ending> open = ConcurrentHashMap.newKeySet();
    private volatile boolean running;

    public EventStreams(Relay relay, GatewayMetrics metrics, SocketSettings settings) {
        this.relay = relay;
        this.metrics = metrics;
        this.settings = settings;
    }

    /** Runs a request to its end on a thread of its own, which may block. */
    void run(HttpServletRequest request, Work work) {
        AnswerConnection connection = AnswerConnections.of(request);
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        threads.newThread(() -> {
                    boolean whole = false;
                    try {
                        connection.setWriteTimeout(settings.maxWriteMs());
                        whole = work((HttpServletResponse) async.getResponse(), work);
                    } finally {
                        if (!whole) {
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
            metrics.sseBrokenOff();
        } catch (IOException e) {
            metrics.sseBrokenOff();
            LOG.debug("an SSE client is gone, or takes nothing");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            return explained(e, response);
        }
        return false;
    }

    private static void breakOff(AnswerConnection connection) {
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
    private static boolean explained(RuntimeException failure, HttpServletResponse response) {
        LOG.error("an answer broke", failure);
        if (response.isCommitted()) {
            return false;
        }
        try {
            response.resetBuffer();
            JsonResponse.writeProblem(response, Refusal.of(ErrorCode.INTERNAL_ERROR, "something broke here"));
            return true;
        } catch (IOException e) {
            LOG.debug("the client is gone");
            return false;
        }
    }

    /** An answer for this stream, to be connected, written and disconnected. */
    EventStream stream(UserId owner, StreamId stream, int heartbeatMs, Pace pace) {
        return new EventStream(
                owner,
                stream,
                settings.maxBacklogBytes(),
                heartbeatMs,
                pace,
                recordedAtMs -> metrics.relayed(Transport.SSE, System.currentTimeMillis() - recordedAtMs));
    }

    /** Registers the stream with the relay, so that it can be attached. */
    void connect(EventStream stream) {
        relay.connect(stream.outbound());
        opened(stream);
    }

    private void opened(Ending answer) {
        open.add(answer);
        metrics.sseOpened();
        if (!running) {
            answer.end(reconnectInMs());
        }
    }

    void disconnect(EventStream stream) {
        relay.disconnect(stream.outbound());
        open.remove(stream);
    }

    /**
     * Sends what a connected stream gets, to its end.
     *
     * @throws BrokenOff if the stream's end did not come, and the client was told why
     */
    void write(EventStream stream, HttpServletResponse response) throws IOException, InterruptedException {
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

    private static void write(Ending answer, HttpServletResponse response, Writing writing)
            throws IOException, InterruptedException {
        begin(response);
        OutputStream out = response.getOutputStream();
        boolean whole;
        try {
            whole = writing.writeTo(out);
        } catch (RuntimeException e) {
            LOG.error("An answer broke off between two events", e);
            answer.lastWords().broken(out);
            whole = false;
        }
        if (!whole) {
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
        open.stream().filter(EventStream.class::isInstance).forEach(answer -> answer.end(reconnectInMs()));
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        open.forEach(answer -> answer.end(reconnectInMs()));
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }

    private long reconnectInMs() {
        return ThreadLocalRandom.current().nextLong(settings.reconnectSpreadMs());
    }

    /** An answer that ends soon when the node leaves. */
    interface Ending {

        /** @param comeBackInMs what the client is told */
        void end(long comeBackInMs);

        LastWords lastWords();
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
