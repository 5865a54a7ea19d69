package dev.parley.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.provider.ProviderException.Kind;
import dev.parley.engine.provider.breaker.Breaker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EngineMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final EngineMetrics metrics = new EngineMetrics(registry);

    @Test
    void failures_of_providers_are_counted_by_kind() {
        metrics.failed("groq", Kind.RATE_LIMITED);
        metrics.failed("groq", Kind.RATE_LIMITED);
        metrics.failed("groq", Kind.EMPTY_ANSWER);

        assertThat(failures("rate_limited")).isEqualTo(2);
        assertThat(failures("empty_answer")).isEqualTo(1);
    }

    @Test
    void a_breaker_shows_the_one_state_that_it_is_in() {
        AtomicReference<Breaker.State> state = new AtomicReference<>(Breaker.State.CLOSED);
        metrics.watch("groq", state::get);
        assertThat(breaker("closed")).isEqualTo(1);

        state.set(Breaker.State.HALF_OPEN);

        assertThat(breaker("closed")).isZero();
        assertThat(breaker("half_open")).isEqualTo(1);
        assertThat(breaker("open")).isZero();
    }

    private double failures(String kind) {
        return registry.get("parley.engine.provider.failures")
                .tags("provider", "groq", "kind", kind)
                .counter()
                .count();
    }

    private double breaker(String state) {
        return registry.get("parley.engine.provider.breaker")
                .tags("provider", "groq", "state", state)
                .gauge()
                .value();
    }
}
