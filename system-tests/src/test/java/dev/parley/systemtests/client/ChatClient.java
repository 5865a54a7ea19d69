package dev.parley.systemtests.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One WebSocket of a user to one gateway. It keeps every frame, and implements the protocol without Parley's own code. */
public final class ChatClient implements AutoCloseable {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    private final String user;
    private final URI gateway;
    private final Observations observations = new Observations();
    private final List<Frame> frames = new ArrayList<>();
    private final Map<String, ReceivedStream> streams = new LinkedHashMap<>();
    private final ReentrantLock sending = new ReentrantLock();
    private final WebSocket socket;
    private @Nullable Integer closeCode;

    private ChatClient(String user, URI gateway, String token) {
        this.user = user;
        this.gateway = gateway;
        this.socket = HTTP.newWebSocketBuilder()
                .subprotocols("parley.v1", "bearer." + token)
                .connectTimeout(BOUND)
                .buildAsync(gateway.resolve("/api/ws"), new Ears())
                .orTimeout(BOUND.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /**
     * Connects, and returns when the gateway has sent {@code connect}.
     *
     * @param gateway such as {@code ws://127.0.0.1:8080}
     */
    public static ChatClient connect(String user, URI gateway) throws InterruptedException {
        return connect(user, gateway, Tokens.of(user));
    }

    /** Connects with a given token. */
    public static ChatClient connect(String user, URI gateway, String token) throws InterruptedException {
        var client = new ChatClient(user, gateway, token);
        client.awaitFrame("connect");
        return client;
    }

    public String user() {
        return user;
    }

    public URI gateway() {
        return gateway;
    }

    public String subprotocol() {
        return socket.getSubprotocol();
    }

    /** Every frame so far, in the order of arrival. */
    public List<Frame> frames() {
        return observations.look(() -> List.copyOf(frames));
    }

    /** Every stream for which it sent or received a frame. */
    public List<ReceivedStream> streams() {
        return observations.look(() -> List.copyOf(streams.values()));
    }

    /** Sends a message in a session of its own. */
    public ReceivedStream ask(String message) {
        return ask("session-" + UUID.randomUUID(), message);
    }

    public ReceivedStream ask(String session, String message) {
        return ask(session, UUID.randomUUID().toString(), message, Map.of());
    }

    /** @param context such as the provider that is to answer */
    public ReceivedStream ask(String session, String messageId, String message, Map<String, ?> context) {
        ReceivedStream stream = stream(session, messageId);
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("message_id", messageId);
        data.put("session_id", session);
        data.put("message", message);
        if (!context.isEmpty()) {
            data.put("context", context);
        }
        send("chat_stream", data);
        return stream;
    }

    public void stop(ReceivedStream stream) {
        stop(stream.sessionId(), stream.messageId());
    }

    /** Stops a stream, which this client need not have seen. */
    public ReceivedStream stop(String session, String messageId) {
        ReceivedStream stream = stream(session, messageId);
        send("stop_generation", Map.of("message_id", messageId, "session_id", session));
        return stream;
    }

    /** Resumes a stream, which this socket has not seen, after a seq. */
    public ReceivedStream resume(String session, String messageId, long afterSeq) {
        ReceivedStream stream = stream(session, messageId);
        send("resume", Map.of("message_id", messageId, "session_id", session, "after_seq", afterSeq));
        return stream;
    }

    public void join(String session) {
        send("join_session", Map.of("session_id", session));
    }

    public void send(String type, Map<String, ?> data) {
        String text = JSON.writeValueAsString(Map.of("type", type, "data", data));
        sending.lock();
        try {
            socket.sendText(text, true)
                    .orTimeout(BOUND.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new AssertionError(user + " cannot send " + type + ", closed with " + closeCode(), e);
        } finally {
            sending.unlock();
        }
    }

    /** The first frame of the type. */
    public Frame awaitFrame(String type) throws InterruptedException {
        return observations.await(
                () -> type + "; seen: " + frames + ", closed with " + closeCode,
                BOUND,
                () -> frames.stream().filter(frame -> frame.type().equals(type)).findFirst());
    }

    /** The close code: 1006 if the connection broke without a close frame. */
    public int awaitClosed() throws InterruptedException {
        return observations.await(() -> "the end of the connection", BOUND, () -> Optional.ofNullable(closeCode));
    }

    /** What it received, for the checker. */
    public ReceivedFrames receivedFrames() {
        return observations.look(() -> new ReceivedFrames(
                user,
                streams.values().stream().collect(Collectors.toMap(ReceivedStream::messageId, ReceivedStream::events)),
                messagesOf(frame -> frame.type().equals("stream_acknowledged")),
                messagesOf(frame -> frame.type().equals("error") && !"UNAVAILABLE".equals(frame.text("code")))));
    }

    public ReceivedStream stream(String session, String messageId) {
        return observations.look(() -> streamOf(session, messageId));
    }

    /** Drops the connection at once, without a close frame. */
    @Override
    public void close() {
        socket.abort();
    }

    /** Sends a close frame, and returns the code of the gateway's, 1000. */
    public int leave() throws InterruptedException {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
                .orTimeout(BOUND.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        return awaitClosed();
    }

    /** Whether it is connected, or the close code, as text. */
    public String state() {
        Integer code = closeCode();
        return code == null ? "connected" : "closed with " + code;
    }

    public boolean isOpen() {
        return closeCode() == null;
    }

    private @Nullable Integer closeCode() {
        return observations
                .<Optional<Integer>>look(() -> Optional.ofNullable(closeCode))
                .orElse(null);
    }

    private Set<String> messagesOf(Predicate<Frame> choice) {
        return frames.stream()
                .filter(choice)
                .map(frame -> frame.text("message_id"))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    private ReceivedStream streamOf(String session, String messageId) {
        return streams.computeIfAbsent(messageId, id -> new ReceivedStream(session, id, observations));
    }

    private void take(Frame frame, JsonNode data) {
        frames.add(frame);
        String messageId = Frame.text(data, "message_id");
        if (messageId != null) {
            streamOf(Objects.requireNonNullElse(Frame.text(data, "session_id"), "?"), messageId)
                    .take(frame, data);
        }
    }

    private final class Ears implements WebSocket.Listener {

        private static final int BROKEN = 1006;
        private final StringBuilder parts = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            parts.append(part);
            if (last) {
                long now = System.nanoTime();
                String text = parts.toString();
                parts.setLength(0);
                JsonNode json = JSON.readTree(text);
                Frame frame = Frame.of(text, now, json);
                observations.change(() -> take(frame, json.path("data")));
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            observations.change(() -> closeCode = code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            observations.change(() -> closeCode = BROKEN);
        }
    }
}
