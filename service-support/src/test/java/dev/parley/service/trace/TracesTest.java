package dev.parley.service.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.parley.service.trace.Traces.Kind;
import dev.parley.service.trace.Traces.Step;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TracesTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String HEADER = "00-" + TRACE + "-00f067aa0ba902b7-01";

    private final Traces traces = Traces.notExported();

    @Test
    void a_span_continues_the_trace_of_its_parent_with_its_own_id() {
        Step step = traces.begin("a", Kind.SERVER, HEADER);
        assertThat(step.traceparent())
                .matches("00-" + TRACE + "-[0-9a-f]{16}-0[13]")
                .isNotEqualTo(HEADER);
        Step next = traces.begin("b", Kind.CLIENT, step.traceparent());
        assertThat(next.traceparent())
                .startsWith("00-" + TRACE)
                .isNotEqualTo(step.traceparent())
                .isNotEqualTo(HEADER);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "x",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473z-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-and more\r\nX: y"
            })
    void an_invalid_header_begins_a_new_trace(String header) {
        String one = traces.begin("a", Kind.SERVER, header).traceparent();
        String other = traces.begin("a", Kind.SERVER, header).traceparent();
        assertThat(one)
                .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]")
                .doesNotContain(TRACE)
                .doesNotContain("0".repeat(32));
        assertThat(one.split("-")[1]).isNotEqualTo(other.split("-")[1]);
    }

    @Test
    void spans_are_exported_to_the_configured_endpoint_with_their_status() throws IOException {
        List<String> sent = new CopyOnWriteArrayList<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            sent.add(exchange.getRequestURI() + " " + new String(body, StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        try {
            Map<String, String> settings = Map.of(
                    "otel.exporter.otlp.endpoint",
                    "http://127.0.0.1:" + collector.getAddress().getPort());
            try (Traces heard = Traces.of("parley-test", settings::get)) {
                heard.begin("a step", Kind.SERVER, HEADER)
                        .with("some.key", "some value")
                        .failed("A_CODE")
                        .end();
            }
            assertThat(sent)
                    .singleElement()
                    .asString()
                    .startsWith("/v1/traces ")
                    .contains("a step", "some.key", "some value", "A_CODE", "parley-test");
        } finally {
            collector.stop(0);
        }
    }

    @Test
    void an_unreachable_collector_delays_no_span() {
        Map<String, String> settings = Map.of("otel.exporter.otlp.endpoint", "http://127.0.0.1:1");
        long since = System.nanoTime();
        try (Traces heard = Traces.of("parley-test", settings::get)) {
            for (int i = 0; i < 10_000; i++) {
                heard.begin("a step", Kind.SERVER, null).end();
            }
        }
        assertThat(System.nanoTime() - since).isLessThan(10_000_000_000L);
    }
}
