package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.MetricsPage;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.testkit.Windows;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} describes every metric of the gateway. */
class GatewayMetricsDocumentTest {

    private static final String PREFIX = "parley_gateway_";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final GatewayMetrics metrics = new GatewayMetrics(registry, new Relay(Windows.of(1, 1, 1)), () -> 7);

    @Test
    void the_page_lists_exactly_the_metrics_with_their_types_and_labels() {
        metrics.handshakeRefused(401);

        assertThat(MetricsPage.scraped(registry.scrape(), PREFIX)).isEqualTo(MetricsPage.documented(PREFIX));
    }

    @Test
    void gauges_keep_their_sources_alive() {
        System.gc();

        assertThat(registry.get("parley.gateway.publish.queued").gauge().value())
                .isEqualTo(7);
        assertThat(registry.get("parley.gateway.connections").gauge().value()).isZero();
    }

    @Test
    void unknown_close_codes_of_clients_are_one_series() {
        int before = registry.find("parley.gateway.closes").counters().size();
        for (int code = 3000; code < 4000; code++) {
            metrics.closed(code);
        }
        metrics.closed(4430);

        assertThat(registry.find("parley.gateway.closes").counters()).hasSize(before + 1);
        assertThat(registry.get("parley.gateway.closes")
                        .tag("code", "other")
                        .counter()
                        .count())
                .isEqualTo(1_000);
        assertThat(registry.get("parley.gateway.closes")
                        .tag("code", "4430")
                        .counter()
                        .count())
                .isEqualTo(1);
    }
}
