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

/** Readers, each of a stream of its own that never ends, and how long each event takes from whoever writes it to its reader. */
public final class Probe implements AutoCloseable {

    private static final long EVERY_MS = 20;
    private static final Pattern SENT_AT = Pattern.compile("\"content\":\"(\\d+)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<Worker> workers = new ArrayList<>();
    private final List<WebSocket> readers = new ArrayList<>();
    private final List<Long> latencies = new ArrayList<>();

    private Probe(GatewayNode node, Backends backends, int count) {
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
        var unused = clock.scheduleAtFixedRate(this::write, 0, EVERY_MS, TimeUnit.MILLISECONDS);
        Await.until("all readers hear", () -> heard() > 20L * count);
        takeP99Nanos();
    }

    public static Probe start(GatewayNode node, Backends backends, int readers) {
        return new Probe(node, backends, readers);
    }

    private void write() {
        for (Worker worker : workers.subList(1, workers.size())) {
            worker.chunk(Long.toString(System.nanoTime()));
        }
    }

    private long heard() {
        synchronized (latencies) {
            return latencies.size();
        }
    }

    /** Of all events since the last call. */
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
