package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.MetricsPage;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** Compares {@code docs/metrics.md} with the metrics of the projection. */
class ProjectionMetricsDocumentTest {

    private static final String PREFIX = "parley_projection_";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ProjectionMetrics metrics = new ProjectionMetrics(registry, InstantSource.system());

    @Test
    void every_metric_is_there_with_its_type_and_labels_and_no_other() {
        assertThat(MetricsPage.scraped(registry.scrape(), PREFIX)).isEqualTo(MetricsPage.documented(PREFIX));
    }

    @Test
    void gauges_hold_what_they_show() {
        metrics.state(3, 2, 1);
        System.gc();

        assertThat(registry.get("parley.projection.lag.records").gauge().value())
                .isEqualTo(3);
        assertThat(registry.get("parley.projection.open.chars").gauge().value()).isEqualTo(1);
    }
}
