package dev.parley.systemtests.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server with OpenAI's chat completions API that answers each message by its plan and counts the calls. It uses sockets directly,
 * because an HTTP server would hide when the client closes the connection.
 */
public final class FakeModel implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final int BACKLOG = 1_000;

    private final ServerSocket server;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<String, Exchange> exchanges = new ConcurrentHashMap<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /** The plan of one message, and what became of it. */
    private record Exchange(
            Plan plan, List<JsonNode> requests, CompletableFuture<Spoken> spoken, CompletableFuture<Long> hungUp) {}

    /**
     * When a plan was executed for the first time, by {@link System#nanoTime}.
     *
     * @param first before the first piece was written
     * @param last after the last piece was written
     */
    public record Spoken(long first, long last) {}

    private FakeModel(ServerSocket server) {
        this.server = server;
    }

    public static FakeModel start() {
        try {
            var model = new FakeModel(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
            Thread.ofPlatform().daemon().name("fake-model").start(model::accept);
            return model;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The base URL for an OpenAI client. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v1");
    }

    /** @return the message that gets an answer by this plan */
    public String plan(Plan plan) {
        String message = "Please follow plan " + numbers.incrementAndGet() + ".";
        exchanges.put(
                message, new Exchange(plan, new ArrayList<>(), new CompletableFuture<>(), new CompletableFuture<>()));
        return message;
    }

    /** The bodies of the requests for this message. */
    public List<JsonNode> requests(String message) {
        List<JsonNode> requests = of(message).requests();
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /** Waits until all pieces were written. */
    public Spoken awaitSpoken(String message) throws InterruptedException {
        return await(of(message).spoken(), "not all of \"" + message + "\" was said");
    }

    /**
     * Waits until the client has closed a connection before its answer was complete.
     *
     * @return when that was seen, by {@link System#nanoTime}
     */
    public long awaitHungUp(String message) throws InterruptedException {
        return await(of(message).hungUp(), "the connection of \"" + message + "\" is still open");
    }

    private static <T> T await(CompletableFuture<T> future, String otherwise) throws InterruptedException {
        try {
            return future.get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(otherwise, e);
        }
    }

    @Override
    public void close() {
        closeQuietly(server);
        sockets.forEach(FakeModel::closeQuietly);
    }

    private Exchange of(String message) {
        Exchange exchange = exchanges.get(message);
        if (exchange == null) {
            throw new IllegalArgumentException("nothing was planned for: " + message);
        }
        return exchange;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread.ofVirtual().start(() -> answer(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            JsonNode request = JSON.readTree(HttpBody.read(in));
            JsonNode messages = request.path("messages");
            Exchange exchange = exchanges.get(
                    messages.path(messages.size() - 1).path("content").asString(""));
            if (exchange == null) {
                respond(socket, "404 Not Found", "{\"error\":{\"message\":\"no such plan\"}}");
                return;
            }
            synchronized (exchange.requests()) {
                exchange.requests().add(request);
            }
            follow(exchange, socket, in);
        } catch (IOException e) {
            // The client closed the connection during its request.
        } finally {
            sockets.remove(socket);
        }
    }

    private static void follow(Exchange exchange, Socket socket, InputStream in) throws IOException {
        Plan plan = exchange.plan();
        if (plan.ending() == Plan.Ending.REFUSE) {
            respond(socket, "500 Internal Server Error", "{\"error\":{\"message\":\"as planned\"}}");
            return;
        }
        Thread watch = Thread.ofVirtual().start(() -> awaitEndOfInput(exchange, in));
        var body = new EventBody(socket.getOutputStream());
        body.begin();
        try {
            if (!printFigures(exchange, body, watch)) {
                return;
            }
            switch (plan.ending()) {
                case DONE -> {
                    body.event("""
                            {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""");
                    body.event("""
                            {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":%s,"total_tokens":%s}}""".formatted(
                                    Integer.toString(plan.pieces().size()),
                                    Integer.toString(plan.pieces().size() + 10)));
                    body.event("[DONE]");
                    body.end();
                }
                case CUT -> {} // The socket is closed and the body has no end. A reset could take the last pieces with
                // it.
                case HANG -> watch.join();
                case REFUSE -> throw new IllegalStateException("refused before");
            }
        } catch (IOException e) {
            exchange.hungUp().complete(System.nanoTime()); // if watch() sees the closed socket later, it is ours
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Writes the pieces. Each is due at its own time after the first, so a late one delays no other.
     *
     * @return false if the client closed the connection
     */
    private static boolean printFigures(Exchange exchange, EventBody body, Thread watch)
            throws IOException, InterruptedException {
        Plan plan = exchange.plan();
        long first = System.nanoTime();
        long last = first;
        for (int n = 0; n < plan.pieces().size(); n++) {
            body.event(delta(plan.pieces().get(n)));
            last = System.nanoTime();
            long left = first + (n + 1) * plan.gap().toNanos() - last;
            if (left > 0 ? watch.join(Duration.ofNanos(left)) : !watch.isAlive()) {
                return false;
            }
        }
        exchange.spoken().complete(new Spoken(first, last));
        return true;
    }

    private static void awaitEndOfInput(Exchange exchange, InputStream in) {
        try {
            in.transferTo(OutputStream.nullOutputStream());
            exchange.hungUp().complete(System.nanoTime());
        } catch (IOException e) {
            // Reset by the client, or closed by us after the answer; only the first counts as a hang-up.
            if (e.getMessage() == null || !e.getMessage().contains("closed")) {
                exchange.hungUp().complete(System.nanoTime());
            }
        }
    }

    private static String delta(String piece) {
        return JSON.writeValueAsString(Map.of(
                "id", "fake",
                "object", "chat.completion.chunk",
                "model", "fake",
                "choices", List.of(Map.of("index", 0, "delta", Map.of("content", piece)))));
    }

    private static void respond(Socket socket, String status, String json) throws IOException {
        byte[] body = json.getBytes(UTF_8);
        String head = "HTTP/1.1 " + status + "\r\ncontent-type: application/json\r\ncontent-length: " + body.length
                + "\r\nconnection: close\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(UTF_8));
        socket.getOutputStream().write(body);
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // The socket is discarded anyway.
        }
    }
}
