package dev.parley.engine.metrics;

import dev.parley.engine.desk.DeskObserver;
import dev.parley.engine.provider.ProviderException;
import dev.parley.engine.provider.breaker.Breaker;
import dev.parley.engine.provider.chain.ProviderObserver;
import dev.parley.engine.run.RunObserver;
import dev.parley.engine.stream.Written;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.log.DropReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Meters named {@code parley.engine.…}. No tag holds anything of a user. */
public final class EngineMetrics implements DeskObserver, RunObserver, ProviderObserver {
    private final MeterRegistry registry;
    private final Counter accepted;
    private final Counter takeovers;
    private final Counter refused;
    private final Timer firstToken;
    private final Timer stopLatency;

    public EngineMetrics(MeterRegistry registry) {
        this.registry = registry;
        accepted = Counter.builder("parley.engine.commands.accepted")
                .description("messages that this worker began to answer")
                .register(registry);
        takeovers = Counter.builder("parley.engine.takeovers")
                .description("streams that this worker tried to take from a writer that left them")
                .register(registry);
        refused = Counter.builder("parley.engine.commands.refused")
                .description("messages refused as busy or as too many")
                .register(registry);
        firstToken = Timer.builder("parley.engine.time.to.first.token")
                .description("from a stream's start to its first chunk")
                .publishPercentileHistogram()
                .register(registry);
        stopLatency = Timer.builder("parley.engine.stop.latency")
                .description("from the stop reaching the writer to the terminal event in the log")
                .publishPercentileHistogram()
                .register(registry);
    }

    /** Shows how much there is to do. */
    public void watch(IntSupplier running, IntSupplier waiting, IntSupplier readPartitions) {
        registry.gauge("parley.engine.streams.running", running, IntSupplier::getAsInt);
        registry.gauge("parley.engine.streams.waiting", waiting, IntSupplier::getAsInt);
        registry.gauge("parley.engine.partitions.read", readPartitions, IntSupplier::getAsInt);
    }

    @Override
    public void accepted() {
        accepted.increment();
    }

    @Override
    public void dropped(DropReason reason) {
        registry.counter("parley.engine.records.dropped", "reason", reason.wireName())
                .increment();
    }

    @Override
    public void unreadable(String topic) {
        registry.counter("parley.engine.records.unreadable", "topic", topic).increment();
    }

    @Override
    public void takeover() {
        takeovers.increment();
    }

    @Override
    public void refused() {
        refused.increment();
    }

    @Override
    public void ended(Written written) {
        if (written.end() != null) {
            registry.counter(
                            "parley.engine.streams.ended",
                            "by",
                            Vocabulary.nameOf(written.end().getClass()))
                    .increment();
        }
        if (written.hasSpoken()) {
            firstToken.record(Duration.ofMillis(written.firstTokenMs()));
        }
    }

    @Override
    public void stopped(Duration latency) {
        stopLatency.record(latency);
    }

    @Override
    public void failed(String provider, ProviderException.Kind kind) {
        registry.counter(
                        "parley.engine.provider.failures",
                        "provider",
                        provider,
                        "kind",
                        kind.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    @Override
    public void watch(String provider, Supplier<Breaker.State> breaker) {
        for (Breaker.State state : Breaker.State.values()) {
            Gauge.builder("parley.engine.provider.breaker", breaker, now -> now.get() == state ? 1 : 0)
                    .description("1 for the state that the provider's circuit breaker is in")
                    .tag("provider", provider)
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .strongReference(true)
                    .register(registry);
        }
    }
}
