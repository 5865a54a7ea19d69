package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.MetricsPage;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.testkit.Windows;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} says of every metric of the gateway what it is. */
class GatewayMetricsDocumentTest {

    private static final String PREFIX = "parley_gateway_";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final GatewayMetrics metrics = new GatewayMetrics(registry, new Relay(Windows.of(1, 1, 1)), () -> 7);

    @Test
    void every_metric_is_there_with_its_type_and_labels_and_no_other() {
        metrics.handshakeRefused(401);

        assertThat(MetricsPage.scraped(registry.scrape(), PREFIX)).isEqualTo(MetricsPage.documented(PREFIX));
    }

    @Test
    void gauges_hold_what_they_show() {
        System.gc();

        assertThat(registry.get("parley.gateway.publish.queued").gauge().value())
                .isEqualTo(7);
        assertThat(registry.get("parley.gateway.connections").gauge().value()).isZero();
    }

    @Test
    void close_codes_that_a_client_makes_up_are_one_series() {
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
