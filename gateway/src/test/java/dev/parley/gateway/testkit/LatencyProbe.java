package dev.parley.gateway.testkit;

import dev.parley.embedded.testing.Backends;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Measures how long events take from the worker to their reader, with readers that each follow a stream of their own. */
public final class LatencyProbe implements AutoCloseable {

    private static final long CHUNK_EVERY_MS = 20;
    private static final Pattern SENT_AT = Pattern.compile("\"content\":\"(\\d+)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<Worker> workers = new ArrayList<>();
    private final List<WebSocket> readers = new ArrayList<>();
    private final List<Long> latencies = new ArrayList<>();

    private LatencyProbe(GatewayNode node, Backends backends, int count) {
        Worker connection = Worker.of(backends, "probe", "s", "m");
        workers.add(connection);
        for (int i = 0; i < count; i++) {
            String user = Backends.unique("probe");
            WebSocket reader = http.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + node.token(user))
                    .buildAsync(node.socketUri(""), new Reader())
                    .join();
            reader.sendText("{\"type\":\"join_session\",\"data\":{\"session_id\":\"s\"}}", true)
                    .join();
            readers.add(reader);
            workers.add(connection.another(user, "s", "m").start());
        }
        connection.flush();
        var unused = clock.scheduleAtFixedRate(this::write, 0, CHUNK_EVERY_MS, TimeUnit.MILLISECONDS);
        Await.until("all readers get events", () -> received() > 20L * count);
        takeP99Nanos();
    }

    public static LatencyProbe start(GatewayNode node, Backends backends, int readers) {
        return new LatencyProbe(node, backends, readers);
    }

    private void write() {
        for (Worker worker : workers.subList(1, workers.size())) {
            worker.chunk(Long.toString(System.nanoTime()));
        }
    }

    private long received() {
        synchronized (latencies) {
            return latencies.size();
        }
    }

    /** The 99th percentile of all events since the last call. */
    public long takeP99Nanos() {
        synchronized (latencies) {
            List<Long> sorted = latencies.stream().sorted().toList();
            latencies.clear();
            return sorted.get(sorted.size() * 99 / 100);
        }
    }

    @Override
    public void close() {
        clock.close();
        readers.forEach(WebSocket::abort);
        workers.getFirst().close();
        http.shutdownNow();
    }

    private final class Reader implements WebSocket.Listener {

        private final StringBuilder part = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                Matcher sent = SENT_AT.matcher(part);
                if (sent.find()) {
                    long took = System.nanoTime() - Long.parseLong(sent.group(1));
                    synchronized (latencies) {
                        latencies.add(took);
                    }
                }
                part.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }
    }
}
