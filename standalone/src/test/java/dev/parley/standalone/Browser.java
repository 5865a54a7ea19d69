package dev.parley.standalone;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the API as the page does, with the HTTP and WebSocket clients of the JDK. */
final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Set<String> TERMINAL = Set.of("stream_complete", "stream_error", "generation_stopped");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI node;
    private final String token;
    private final BlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
    private final WebSocket socket;

    Browser(URI node, String user) throws IOException, InterruptedException {
        this.node = node;
        this.token = JSON.readTree(tokenFor(node, user).body()).path("token").asString();
        this.socket = http.newWebSocketBuilder()
                .subprotocols("parley.v1", "bearer." + token)
                .buildAsync(URI.create(node.resolve("/api/ws").toString().replaceFirst("http", "ws")), new Frames())
                .join();
    }

    static HttpResponse<String> tokenFor(URI node, String user) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var body = JSON.writeValueAsString(Map.of("user_id", user));
            return client.send(
                    HttpRequest.newBuilder(node.resolve("/api/dev/token"))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    void ask(String session, String message, String text) {
        send("chat_stream", Map.of("session_id", session, "message_id", message, "message", text));
    }

    void stop(String session, String message) {
        send("stop_generation", Map.of("session_id", session, "message_id", message));
    }

    /** The events of one stream from here to its end. */
    List<JsonNode> untilEnd(String message) throws InterruptedException {
        List<JsonNode> events = new ArrayList<>();
        do {
            events.add(nextEvent(message));
        } while (!TERMINAL.contains(events.getLast().path("type").asString()));
        return events;
    }

    /** The events of one stream from here to the first of a type. */
    List<JsonNode> until(String type, String message) throws InterruptedException {
        List<JsonNode> events = new ArrayList<>();
        do {
            events.add(nextEvent(message));
        } while (!type.equals(events.getLast().path("type").asString()));
        return events;
    }

    /** The stored messages of a session, as soon as there are {@code messages} of them and none is still streaming. */
    List<JsonNode> history(String session, int messages) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var answer = get("/api/conversations/" + session + "/messages");
            var items = JSON.readTree(answer.body()).path("items");
            boolean settled = items.valueStream()
                    .noneMatch(item -> "streaming".equals(item.path("status").asString("")));
            if (items.size() == messages && settled) {
                return items.valueStream().toList();
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("history of " + session + " does not have " + messages
                        + " finished messages: HTTP " + answer.statusCode() + " " + answer.body());
            }
        }
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(node.resolve(path))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                BodyHandlers.ofString());
    }

    @Override
    public void close() {
        socket.abort();
        http.close();
    }

    private JsonNode nextEvent(String message) throws InterruptedException {
        while (true) {
            JsonNode frame = frames.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no further event of " + message);
            }
            boolean isEvent = frame.path("data").has("seq");
            if (isEvent && frame.at("/data/message_id").asString().equals(message)) {
                return frame;
            }
            if (frame.path("type").asString().equals("error")) {
                throw new AssertionError("refused: " + frame);
            }
        }
    }

    private void send(String type, Map<String, String> data) {
        socket.sendText(JSON.writeValueAsString(Map.of("type", type, "data", data)), true)
                .join();
    }

    private final class Frames implements WebSocket.Listener {

        private final StringBuilder parts = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            parts.append(part);
            if (last) {
                frames.add(JSON.readTree(parts.toString()));
                parts.setLength(0);
            }
            from.request(1);
            return null;
        }
    }
}
