package dev.parley.gateway.http;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.history.ArchivedStream;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.Relay;
import dev.parley.schema.ErrorCode;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.MediaType;

/** The answers under way as server-sent events, each on a virtual thread. They end before the web server stops. */
public final class EventStreams implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    private final Relay relay;
    private final GatewayMetrics metrics;
    private final ThreadFactory threads = Thread.ofVirtual().name("gateway-sse").factory();
    private final Set<Ending> open = ConcurrentHashMap.newKeySet();
    private volatile boolean running;

    public EventStreams(Relay relay, GatewayMetrics metrics) {
        this.relay = relay;
        this.metrics = metrics;
    }

    /** Runs a request to its end on a thread of its own, which may block. */
    void run(HttpServletRequest request, Work work) {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        threads.newThread(() -> {
                    HttpServletResponse response = (HttpServletResponse) async.getResponse();
                    try {
                        work.run(response);
                    } catch (IOException e) {
                        LOG.debug("an SSE client is gone");
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (RuntimeException e) {
                        broken(e, response);
                    } finally {
                        complete(async);
                    }
                })
                .start();
    }

    private static void complete(AsyncContext async) {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            LOG.debug("the container has ended it, as the client is gone");
        }
    }

    private static void broken(RuntimeException failure, HttpServletResponse response) {
        LOG.error("an answer broke", failure);
        if (response.isCommitted()) {
            return;
        }
        try {
            response.resetBuffer();
            JsonResponse.writeProblem(response, Refusal.of(ErrorCode.INTERNAL_ERROR, "something broke here"));
        } catch (IOException e) {
            LOG.debug("the client is gone");
        }
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
            answer.end();
        }
    }

    void disconnect(EventStream stream) {
        relay.disconnect(stream.outbound());
        open.remove(stream);
    }

    /** Sends what a connected stream gets, to its end. */
    void write(EventStream stream, HttpServletResponse response) throws IOException, InterruptedException {
        begin(response);
        stream.writeTo(response.getOutputStream());
    }

    /** Sends events of the archive, to the last. */
    void write(List<ArchivedStream.Event> events, Pace pace, int heartbeatMs, HttpServletResponse response)
            throws IOException, InterruptedException {
        Replay replay = new Replay(pace, heartbeatMs);
        opened(replay);
        try {
            begin(response);
            replay.write(events, response.getOutputStream());
        } finally {
            open.remove(replay);
        }
    }

    static void begin(HttpServletResponse response) throws IOException {
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        response.flushBuffer();
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        open.forEach(Ending::end);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }

    /** An answer that ends soon when the node leaves. */
    interface Ending {
        void end();
    }

    /** What a request does. */
    interface Work {
        void run(HttpServletResponse response) throws IOException, InterruptedException;
    }
}
