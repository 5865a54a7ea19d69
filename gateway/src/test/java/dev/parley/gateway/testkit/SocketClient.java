package dev.parley.gateway.testkit;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A WebSocket client that keeps all frames as text, in order. */
public final class SocketClient implements WebSocket.Listener, AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long BOUND_S = 20;

    private final List<String> frames = new ArrayList<>();
    private final StringBuilder part = new StringBuilder();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocket socket;

    private SocketClient(URI uri, Map<String, String> headers, String... subprotocols) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        headers.forEach(builder::header);
        if (subprotocols.length > 0) {
            String[] more = java.util.Arrays.copyOfRange(subprotocols, 1, subprotocols.length);
            builder.subprotocols(subprotocols[0], more);
        }
        this.socket = builder.buildAsync(uri, this).join();
    }

    /** Connects as a browser does, with the token as a subprotocol. */
    public static SocketClient connect(GatewayNode node, String user) {
        return connectWithToken(node, node.token(user));
    }

    public static SocketClient connectWithToken(GatewayNode node, String token) {
        SocketClient client = new SocketClient(node.socketUri(""), Map.of(), "parley.v1", "bearer." + token);
        client.await("connect");
        return client;
    }

    public static SocketClient connect(URI uri, Map<String, String> headers, String... subprotocols) {
        return new SocketClient(uri, headers, subprotocols);
    }

    /** The status with which the handshake was refused. */
    public static int refusal(URI uri, Map<String, String> headers, String... subprotocols) {
        try (SocketClient unexpected = new SocketClient(uri, headers, subprotocols)) {
            throw new AssertionError("connected: " + unexpected.subprotocol());
        } catch (CompletionException e) {
            if (e.getCause() instanceof java.net.http.WebSocketHandshakeException refused) {
                return refused.getResponse().statusCode();
            }
            throw e;
        }
    }

    public String subprotocol() {
        return socket.getSubprotocol();
    }

    public SocketClient send(String type, Map<String, ?> data) {
        return sendBytes(JSON.writeValueAsString(Map.of("type", type, "data", data)));
    }

    public SocketClient sendBytes(String text) {
        socket.sendText(text, true).join();
        return this;
    }

    public void sendBinary(byte[] bytes) {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    }

    /** Waits for a frame of a type. @return the data of the first one */
    public JsonNode await(String type) {
        return await(type, _ -> true);
    }

    /** Waits for a frame of a type that matches. @return the data of the first one */
    public JsonNode await(String type, Predicate<JsonNode> matches) {
        JsonNode[] found = new JsonNode[1];
        awaitFrames("a frame " + type, () -> {
            for (String frame : frames) {
                JsonNode json = JSON.readTree(frame);
                if (json.path("type").asString().equals(type) && matches.test(json.path("data"))) {
                    found[0] = json.path("data");
                    return true;
                }
            }
            return false;
        });
        return found[0];
    }

    /** Waits for so many matching frames. @return all matching frames */
    public List<String> awaitCount(int count, Predicate<String> which) {
        List<String> found = new ArrayList<>();
        awaitFrames(count + " frames", () -> {
            found.clear();
            frames.stream().filter(which).forEach(found::add);
            return found.size() >= count;
        });
        return found;
    }

    private void awaitFrames(String what, java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_S);
        synchronized (frames) {
            try {
                while (!condition.getAsBoolean()) {
                    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                    if (left <= 0) {
                        throw new AssertionError("not within " + BOUND_S + " s: " + what + "; closed: " + closed
                                + "; frames:\n" + String.join("\n", frames));
                    }
                    frames.wait(left);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Sends a ping and waits for its pong: then all frames that the server sent before are here. */
    public SocketClient settle() {
        String mark = java.util.UUID.randomUUID().toString();
        send("ping", Map.of("t", mark));
        await("pong", data -> data.path("t").asString().equals(mark));
        return this;
    }

    public List<String> frames() {
        synchronized (frames) {
            return List.copyOf(frames);
        }
    }

    public int awaitClose() {
        return closed.orTimeout(BOUND_S, TimeUnit.SECONDS).join();
    }

    public boolean isOpen() {
        return !closed.isDone();
    }

    /** Drops the connection without a close frame. */
    public void drop() {
        socket.abort();
    }

    @Override
    public void onOpen(WebSocket opened) {
        opened.request(Long.MAX_VALUE);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        synchronized (frames) {
            part.append(data);
            if (last) {
                frames.add(part.toString());
                part.setLength(0);
                frames.notifyAll();
            }
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        closed.complete(1006);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
