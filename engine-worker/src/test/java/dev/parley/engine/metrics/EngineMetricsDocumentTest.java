package dev.parley.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.MetricsPage;
import dev.parley.engine.stream.Written;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.breaker.Breaker;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} lists every metric of the engine worker. */
class EngineMetricsDocumentTest {

    private static final String PREFIX = "parley_engine_";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final EngineMetrics metrics = new EngineMetrics(registry);

    @Test
    void every_metric_is_there_with_its_type_and_labels_and_no_other() {
        MessageId message = new MessageId("m");
        metrics.watch(() -> WorkerLoad.NONE);
        metrics.watch("groq", () -> Breaker.State.CLOSED);
        metrics.failed("groq", Kind.TIMEOUT);
        metrics.chunkGap("groq", Duration.ofMillis(40));
        metrics.ended(
                Written.NOTHING
                        .evolve(new ContentChunk(message, 1, "Hel", false, null), 40)
                        .evolve(
                                new StreamError(
                                        message,
                                        2,
                                        new SessionId("s"),
                                        Instant.EPOCH,
                                        "a",
                                        new Failure(ErrorCode.GENERATION_TIMEOUT, "It took too long.", null, true),
                                        "Hel"),
                                90),
                "groq");

        assertThat(MetricsPage.scraped(registry.scrape(), PREFIX)).isEqualTo(MetricsPage.documented(PREFIX));
    }
}
