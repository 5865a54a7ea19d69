package dev.parley.service.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Creates the spans of traces. Each span has a trace context that is passed on, whether or not spans are exported. They are exported only if
 * OpenTelemetry's setting {@code OTEL_EXPORTER_OTLP_ENDPOINT} (or {@code otel.exporter.otlp.endpoint}) is set: as OTLP over HTTP, in batches, on
 * a separate thread. If the collector is slow or unreachable, spans are dropped and nothing else is affected. OpenTelemetry's other settings of
 * spans apply, too. Thread-safe.
 */
public final class Traces implements AutoCloseable {

    private static final List<String> ENDPOINTS =
            List.of("otel.exporter.otlp.endpoint", "otel.exporter.otlp.traces.endpoint");
    private static final String TRACEPARENT = "traceparent";
    private static final long FLUSH_MS = 2_000;
    private static final TextMapGetter<String> HEADER = new Header();

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;

    private Traces(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
        this.tracer = sdk.getTracer("dev.parley");
    }

    /** Spans that are not exported. */
    public static Traces notExported() {
        return new Traces(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder().build())
                .build());
    }

    /**
     * @param service the service name, unless {@code OTEL_SERVICE_NAME} is set
     * @param settings returns the value of a setting by its name, such as {@code otel.exporter.otlp.endpoint}, or null
     */
    public static Traces of(String service, UnaryOperator<@Nullable String> settings) {
        Map<String, String> found = new java.util.HashMap<>();
        for (String endpoint : ENDPOINTS) {
            String value = settings.apply(endpoint);
            if (value != null && !value.isBlank()) {
                found.put(endpoint, value);
            }
        }
        if (found.isEmpty()) {
            return notExported();
        }
        found.put("otel.service.name", service);
        found.put("otel.exporter.otlp.protocol", "http/protobuf");
        Map<String, String> onlySpans = Map.of("otel.metrics.exporter", "none", "otel.logs.exporter", "none");
        return new Traces(AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> found)
                .addPropertiesCustomizer(_ -> onlySpans)
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk());
    }

    /**
     * Starts a span.
     *
     * @param traceparent the W3C header of the parent span; if it is absent or invalid, a new trace begins
     */
    public Step begin(String name, Kind kind, @Nullable String traceparent) {
        SpanBuilder span = tracer.spanBuilder(name).setSpanKind(kind.otel);
        if (traceparent == null) {
            return new Step(span.setNoParent().startSpan());
        }
        Context before = W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, HEADER);
        return new Step(span.setParent(before).startSpan());
    }

    /** Exports the remaining spans, for at most two seconds. */
    @Override
    public void close() {
        sdk.shutdown().join(FLUSH_MS, TimeUnit.MILLISECONDS);
    }

    /** The kind of a span. */
    public enum Kind {
        /** Handles a request. */
        SERVER(SpanKind.SERVER),
        /** Processes a record. */
        CONSUMER(SpanKind.CONSUMER),
        /** Sends a request to another service. */
        CLIENT(SpanKind.CLIENT);

        private final SpanKind otel;

        Kind(SpanKind otel) {
            this.otel = otel;
        }
    }

    /** One span, from {@link #begin} to {@link #end()}. Calls after the end have no effect. */
    public static final class Step {

        private final Span span;

        private Step(Span span) {
            this.span = span;
        }

        /** The W3C header for the next span in this trace. */
        public String traceparent() {
            var context = span.getSpanContext();
            return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                    + context.getTraceFlags().asHex();
        }

        /** Adds an attribute. It must not contain data of a user. */
        public Step with(String key, String value) {
            span.setAttribute(key, value);
            return this;
        }

        /** @param why a code or a name; it must not contain data of a user */
        public Step failed(String why) {
            span.setStatus(io.opentelemetry.api.trace.StatusCode.ERROR, why);
            return this;
        }

        public void end() {
            span.end();
        }
    }

    /** Reads the traceparent header from its text. */
    private static final class Header implements TextMapGetter<String> {

        @Override
        public Iterable<String> keys(String traceparent) {
            return List.of(TRACEPARENT);
        }

        @Override
        public @Nullable String get(@Nullable String traceparent, String key) {
            return key.equals(TRACEPARENT) ? traceparent : null;
        }
    }
}
