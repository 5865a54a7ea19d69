package dev.parley.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.stream.Written;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.breaker.Breaker;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StoppedMetadata;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EngineMetricsTest {

    private static final MessageId MESSAGE = new MessageId("m");
    private static final SessionId SESSION = new SessionId("s");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final EngineMetrics metrics = new EngineMetrics(registry);

    @Test
    void failures_of_providers_are_counted_by_kind() {
        metrics.watch("groq", () -> Breaker.State.CLOSED);
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

    @Test
    void the_load_is_shown_also_after_a_garbage_collection() {
        metrics.watch(() -> new WorkerLoad(1, 2, 3, 4, 5, Duration.ofMillis(6_500), 7));
        System.gc();

        assertThat(gauge("streams.running")).isEqualTo(1);
        assertThat(gauge("streams.waiting")).isEqualTo(2);
        assertThat(gauge("partitions.read")).isEqualTo(3);
        assertThat(gauge("commands.unfinished")).isEqualTo(4);
        assertThat(gauge("commands.unfinished.chars")).isEqualTo(5);
        assertThat(gauge("commands.oldest.waiting")).isEqualTo(6.5);
        assertThat(gauge("intake")).isEqualTo(7 * 1_024);
    }

    @Test
    void ends_tokens_cost_and_first_tokens_are_counted_by_provider_and_code() {
        metrics.watch("groq", () -> Breaker.State.CLOSED);
        metrics.ended(spoken(complete(new Tokens(10, 7, 2, 17, false), 0.25)), "groq");
        metrics.ended(spoken(stopped(new Tokens(5, 3, 0, 8, true), 0.5)), "groq");
        metrics.ended(Written.NOTHING.evolve(failed(ErrorCode.GENERATION_TIMEOUT), 0), "groq");

        assertThat(ended("stream_complete", "groq", "none")).isEqualTo(1);
        assertThat(ended("generation_stopped", "groq", "none")).isEqualTo(1);
        assertThat(ended("stream_error", "groq", "GENERATION_TIMEOUT")).isEqualTo(1);
        assertThat(tokens("prompt")).isEqualTo(15);
        assertThat(tokens("answer")).isEqualTo(8);
        assertThat(tokens("reasoning")).isEqualTo(2);
        assertThat(registry.get("parley.engine.cost")
                        .tag("provider", "groq")
                        .counter()
                        .count())
                .isEqualTo(0.75);
        assertThat(registry.get("parley.engine.time.to.first.token")
                        .tag("provider", "groq")
                        .timer()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void providers_that_are_not_configured_here_are_one_series() {
        for (int i = 0; i < 1_000; i++) {
            metrics.ended(spoken(complete(new Tokens(1, 1, 0, 2, true), null)), "made-up-" + i);
            metrics.chunkGap("made-up-" + i, Duration.ofMillis(40));
            metrics.failed("made-up-" + i, Kind.TIMEOUT);
        }

        assertThat(ended("stream_complete", "other", "none")).isEqualTo(1_000);
        assertThat(registry.getMeters())
                .extracting(Meter::getId)
                .filteredOn(id -> id.getTag("provider") != null)
                .allSatisfy(id -> assertThat(id.getTag("provider")).isEqualTo("other"));
    }

    private static Written spoken(Terminal end) {
        return Written.NOTHING
                .evolve(new ContentChunk(MESSAGE, 1, "Hello", false, null), 40)
                .evolve(end, 90);
    }

    private static Terminal complete(Tokens tokens, @Nullable Double cost) {
        return new StreamComplete(
                MESSAGE,
                2,
                SESSION,
                Instant.EPOCH,
                "a",
                "Hello",
                new CompleteMetadata("groq", "model", "stop", 90, 40, tokens, cost, 1, null),
                "0");
    }

    private static Terminal stopped(Tokens tokens, Double cost) {
        return new GenerationStopped(
                MESSAGE,
                2,
                SESSION,
                Instant.EPOCH,
                "a",
                StopReason.USER_CANCELLED,
                "Hello",
                new StoppedMetadata("groq", "model", tokens, cost, 90));
    }

    private static Terminal failed(ErrorCode code) {
        return new StreamError(
                MESSAGE, 1, SESSION, Instant.EPOCH, "a", new Failure(code, "It took too long.", null, true), "");
    }

    private double gauge(String name) {
        return registry.get("parley.engine." + name).gauge().value();
    }

    private double ended(String by, String provider, String code) {
        return registry.get("parley.engine.streams.ended")
                .tags("by", by, "provider", provider, "code", code)
                .counter()
                .count();
    }

    private double tokens(String kind) {
        return registry.get("parley.engine.tokens")
                .tags("provider", "groq", "kind", kind)
                .counter()
                .count();
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
