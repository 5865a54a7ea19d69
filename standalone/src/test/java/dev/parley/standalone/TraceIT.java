package dev.parley.standalone;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * One trace from a client's connection through Kafka to the model service, with a model service and a trace collector of the test's own.
 */
class TraceIT {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long BOUND_S = 20;
    private static final long LOOK_EVERY_NANOS = 2_000_000;
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String ANSWER = """
            data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}

            data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: [DONE]

            """;

    @TempDir
    static Path folder;

    private static final BlockingQueue<String> SEEN_BY_MODEL = new LinkedBlockingQueue<>();
    private static final List<String> SEEN_BY_COLLECTOR = new CopyOnWriteArrayList<>();
    private static HttpServer others;
    private static StandaloneProcess parley;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        others = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        others.createContext("/v1/chat/completions", exchange -> {
            exchange.getRequestBody().readAllBytes();
            SEEN_BY_MODEL.add(String.valueOf(exchange.getRequestHeaders().getFirst("traceparent")));
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(ANSWER.getBytes(UTF_8));
            exchange.close();
        });
        others.createContext("/v1/traces", exchange -> {
            SEEN_BY_COLLECTOR.add(new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        others.start();
        String base = "http://127.0.0.1:" + others.getAddress().getPort();
        parley = StandaloneProcess.start(
                folder,
                Map.of(
                        "PARLEY_DEFAULT_PROVIDER", "openai",
                        "OPENAI_API_KEY", "a key",
                        "OPENAI_BASE_URL", base + "/v1",
                        "OPENAI_MODEL", "a-model",
                        "OTEL_EXPORTER_OTLP_ENDPOINT", base,
                        "OTEL_BSP_SCHEDULE_DELAY", "200"));
    }

    @AfterAll
    static void end() throws InterruptedException {
        parley.terminate();
        others.stop(0);
    }

    @AfterEach
    void close() {
        http.shutdownNow();
    }

    @Test
    void the_trace_of_a_sockets_handshake_reaches_the_model_and_the_collector() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        WebSocket socket = http.newWebSocketBuilder()
                .subprotocols("parley.v1", "bearer." + token())
                .header("traceparent", "00-" + trace + "-" + SPAN + "-01")
                .buildAsync(
                        URI.create(
                                parley.address().resolve("/api/ws").toString().replaceFirst("http", "ws")),
                        new WebSocket.Listener() {})
                .join();
        CompletableFuture<WebSocket> sent = socket.sendText(
                "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m1\",\"session_id\":\"s\",\"message\":\"hello\"}}",
                true);
        sent.join();
        assertPartOf(trace);
        awaitCollected(trace, "parley-gateway", "accept chat_stream");
        awaitCollected(trace, "parley-engine-worker", "stream", "ask openai");
        assertThat(SEEN_BY_COLLECTOR).noneMatch(spans -> spans.contains("hello") || spans.contains("ada"));
        socket.abort();
    }

    @Test
    void the_trace_of_an_http_request_reaches_the_model_and_a_request_without_one_starts_a_new_trace()
            throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        assertThat(ask("m2", "00-" + trace + "-" + SPAN + "-01")).contains("stream_complete");
        assertPartOf(trace);
        assertThat(ask("m3", "no such header")).contains("stream_complete");
        assertThat(seenByModel()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]").doesNotContain(trace);
    }

    private String ask(String message, String traceparent) throws Exception {
        Map<String, String> body = Map.of("message_id", message, "session_id", "s", "message", "hello");
        HttpRequest request = HttpRequest.newBuilder(parley.address().resolve("/api/chat/stream"))
                .header("Authorization", "Bearer " + token())
                .header("Content-Type", "application/json")
                .header("traceparent", traceparent)
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private static String token() throws IOException, InterruptedException {
        return JSON.readTree(Browser.tokenFor(parley.address(), "ada").body())
                .path("token")
                .asString();
    }

    private static void assertPartOf(String trace) throws InterruptedException {
        assertThat(seenByModel())
                .matches("00-" + trace + "-[0-9a-f]{16}-0[13]")
                .as("a span of its own")
                .doesNotContain(SPAN);
    }

    private static String seenByModel() throws InterruptedException {
        String seen = SEEN_BY_MODEL.poll(BOUND_S, TimeUnit.SECONDS);
        assertThat(seen).as("the model was asked").isNotNull();
        return String.valueOf(seen);
    }

    /** Waits for spans with these names. A service sends its spans in batches; ids are bytes in them, names are text. */
    private static void awaitCollected(String trace, String service, String... names) {
        String id = new String(HexFormat.of().parseHex(trace), ISO_8859_1);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_S);
        for (String name : names) {
            while (SEEN_BY_COLLECTOR.stream()
                    .noneMatch(spans -> spans.contains(id) && spans.contains(service) && spans.contains(name))) {
                assertThat(System.nanoTime())
                        .as("%s of %s is not collected", name, service)
                        .isLessThan(deadline);
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
            }
        }
    }
}
