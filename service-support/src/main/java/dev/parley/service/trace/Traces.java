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
 * Makes the steps of traces. Every step has a context that others can go on from, whether anybody collects spans or not; they are
 * sent only where OpenTelemetry's own setting {@code OTEL_EXPORTER_OTLP_ENDPOINT} (or {@code otel.exporter.otlp.endpoint}) says to,
 * as OTLP over HTTP, in batches, on a thread of their own: a collector that is slow or away costs spans and nothing else. The other
 * {@code OTEL_} settings of spans hold, too. Thread-safe.
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

    /** Of spans that nobody collects. */
    public static Traces unheard() {
        return new Traces(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder().build())
                .build());
    }

    /**
     * @param service names what does the steps, where {@code OTEL_SERVICE_NAME} does not
     * @param settings the value of a setting by its name in small letters and dots, or null
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
            return unheard();
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
     * Begins a step.
     *
     * @param traceparent the W3C header of the step that led to this one; a new trace begins if it is absent or no such header
     */
    public Step begin(String name, Kind kind, @Nullable String traceparent) {
        SpanBuilder span = tracer.spanBuilder(name).setSpanKind(kind.otel);
        if (traceparent == null) {
            return new Step(span.setNoParent().startSpan());
        }
        Context before = W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, HEADER);
        return new Step(span.setParent(before).startSpan());
    }

    /** Sends what is still to be sent, within two seconds. */
    @Override
    public void close() {
        sdk.shutdown().join(FLUSH_MS, TimeUnit.MILLISECONDS);
    }

    /** On which side of a connection a step is. */
    public enum Kind {
        /** Takes something in. */
        SERVER(SpanKind.SERVER),
        /** Does what a record asks for. */
        CONSUMER(SpanKind.CONSUMER),
        /** Asks somebody else. */
        CLIENT(SpanKind.CLIENT);

        private final SpanKind otel;

        Kind(SpanKind otel) {
            this.otel = otel;
        }
    }

    /** Something that is being done, from {@link #begin} to {@link #end()}. What comes after the end has no effect. */
    public static final class Step {

        private final Span span;

        private Step(Span span) {
            this.span = span;
        }

        /** What the next step needs to know of this one: the W3C header. */
        public String traceparent() {
            var context = span.getSpanContext();
            return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                    + context.getTraceFlags().asHex();
        }

        /** Adds something to know. Nothing of a user's may be in it. */
        public Step with(String key, String value) {
            span.setAttribute(key, value);
            return this;
        }

        /** @param why a code or a name; nothing of a user's may be in it */
        public Step failed(String why) {
            span.setStatus(io.opentelemetry.api.trace.StatusCode.ERROR, why);
            return this;
        }

        public void end() {
            span.end();
        }
    }

    /** Reads one header from its own text. */
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
