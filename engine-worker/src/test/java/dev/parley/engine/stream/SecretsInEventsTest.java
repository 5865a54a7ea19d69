package dev.parley.engine.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.parley.providers.ModelChoice;
import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.NamedModel;
import dev.parley.providers.ProviderException;
import dev.parley.providers.chain.ProviderObserver;
import dev.parley.providers.selection.ConfiguredProviders;
import dev.parley.providers.selection.ProviderSettings;
import dev.parley.providers.selection.Service;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.json.FrameCodec;
import dev.parley.service.trace.Traces;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** A service's error text may contain the key and the user's message. The events of the stream contain neither. */
class SecretsInEventsTest {
    private static final String KEY = "sk-planted-key";
    private static final String QUESTION = "planted-question";
    private static final String ERROR = "{\"error\":{\"message\":\"" + KEY + " " + QUESTION + "\",\"type\":\"" + KEY
            + "\",\"code\":\"" + KEY + "\"}}";

    /** Which part of a response has the key. */
    private enum Response {
        ERROR_STATUS(500, ERROR),
        KEY_REFUSED(401, ERROR),
        TOO_MANY_REQUESTS(429, ERROR),
        REDIRECT(302, ERROR),
        ERROR_EVENT(200, "data: " + ERROR + "\n\n"),
        NOT_JSON(200, "data: <" + KEY + " " + QUESTION + ">\n\n");

        private final int status;
        private final String body;

        Response(int status, String body) {
            this.status = status;
            this.body = body;
        }

        void send(HttpExchange exchange) throws IOException {
            exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/" + KEY);
            exchange.getResponseHeaders().set("Retry-After", KEY);
            exchange.sendResponseHeaders(status, body.length());
            exchange.getResponseBody().write(body.getBytes(UTF_8));
            exchange.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_key_in_a_service_s_error_is_in_no_event(Response response) throws Exception {
        Map<Service, Boolean> keyReceived = new ConcurrentHashMap<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        for (Service service : Service.values()) {
            server.createContext("/" + service.wireName(), exchange -> {
                keyReceived.put(
                        service,
                        exchange.getRequestHeaders().values().toString().contains(KEY));
                response.send(exchange);
            });
        }
        server.start();
        try (ConfiguredProviders providers = new ConfiguredProviders(
                settings(server.getAddress().getPort()), ProviderObserver.NONE, Traces.notExported())) {
            for (Service service : Service.values()) {
                List<StreamEvent> events =
                        events(providers.choose(new NamedModel(service.wireName(), null, null), QUESTION));

                assertThat(events.getLast()).isInstanceOf(StreamError.class);
                assertThat(events)
                        .extracting(SecretsInEventsTest::frame)
                        .allSatisfy(
                                frame -> assertThat(frame).doesNotContain(KEY).doesNotContain(QUESTION));
            }
        } finally {
            server.stop(0);
        }
        // Ollama needs no key
        assertThat(keyReceived).containsOnlyKeys(Service.values()).containsEntry(Service.OPENAI, true);
    }

    private static List<StreamEvent> events(ModelChoice choice) throws InterruptedException {
        Story story = Story.started();
        try {
            choice.provider().stream(
                    new ModelRequest(choice.model(), List.of(ModelMessage.user(QUESTION)), "", false, null),
                    piece -> story.on(input(piece)));
        } catch (ProviderException e) {
            story.on(new Input.Failed(Failures.of(e)));
        }
        return story.events();
    }

    private static Input input(ModelPiece piece) {
        return piece instanceof ModelPiece.Asked asked
                ? new Input.Answering(asked.model())
                : new Input.Generated(piece);
    }

    private static String frame(StreamEvent event) {
        return new String(FrameCodec.encode((Record) event), UTF_8);
    }

    private static ProviderSettings settings(int port) {
        Map<String, Object> settings = new HashMap<>();
        for (Service service : Service.values()) {
            settings.put(service.name() + "_API_KEY", KEY);
            settings.put(service.name() + "_BASE_URL", "http://127.0.0.1:" + port + "/" + service.wireName());
            settings.put(service.name() + "_MODEL", "m");
        }
        settings.put("parley.providers.retry.attempts", "1");
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
        return ProviderSettings.of(environment);
    }
}
