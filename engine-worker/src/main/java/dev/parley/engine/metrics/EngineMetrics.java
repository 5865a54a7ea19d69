package dev.parley.engine.metrics;

import static dev.parley.schema.event.StopReason.USER_CANCELLED;

import dev.parley.engine.coordinator.CoordinatorObserver;
import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.engine.stream.Written;
import dev.parley.engine.writer.WriterObserver;
import dev.parley.providers.ProviderException;
import dev.parley.providers.breaker.Breaker;
import dev.parley.providers.chain.ProviderObserver;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.DropReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters named {@code parley.engine.…}; {@code docs/metrics.md} describes them. The values of a tag are few and known in advance, such as
 * configured providers, codes and kinds; none comes from a user or a model.
 */
public final class EngineMetrics implements CoordinatorObserver, WriterObserver, ProviderObserver {
    private static final String PREFIX = "parley.engine.";
    private static final String PROVIDER = "provider";
    /** A provider that another worker is configured with, and this one is not. */
    private static final String OTHER_PROVIDER = "other";
    /** The code of a stream that did not end in an error. */
    private static final String NO_CODE = "none";

    private final MeterRegistry registry;
    private final Set<String> providers = ConcurrentHashMap.newKeySet();
    private final Map<String, Timer> chunkGaps = new ConcurrentHashMap<>();
    private final Counter accepted;
    private final Map<DropReason, Counter> dropped = new EnumMap<>(DropReason.class);
    private final Counter refused;
    private final Timer commandLag;
    private final Timer stopLatency;

    public EngineMetrics(MeterRegistry registry) {
        this.registry = registry;
        accepted = Counter.builder(PREFIX + "commands.accepted")
                .description("messages that this worker began to answer")
                .register(registry);
        refused = Counter.builder(PREFIX + "commands.refused")
                .description("messages refused as busy or as too many")
                .register(registry);
        commandLag = timer("command.lag", "from a command's record to its start's, by the times of the records")
                .register(registry);
        stopLatency = timer("stop.latency", "from the stop reaching the writer to the terminal event in the log")
                .register(registry);
        for (Purpose purpose : List.of(new Purpose.Continue(), new Purpose.Stop(USER_CANCELLED), new Purpose.Fail())) {
            takeoverCounter(purpose);
        }
        for (DropReason reason : DropReason.values()) {
            dropped.put(
                    reason,
                    Counter.builder(PREFIX + "records.dropped")
                            .description("records of chat.events that do not count")
                            .tag("reason", reason.wireName())
                            .register(registry));
        }
        for (String topic : List.of(Topics.COMMANDS, Topics.EVENTS)) {
            unreadableCounter(topic);
        }
    }

    private static Timer.Builder timer(String name, String description) {
        return Timer.builder(PREFIX + name)
                .description(description)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(2));
    }

    /** Registers gauges of the worker's load. */
    public void watch(Supplier<WorkerLoad> load) {
        gauge("streams.running", null, "streams that this worker writes", load, WorkerLoad::running);
        gauge("streams.waiting", null, "streams that could run if there were room", load, WorkerLoad::waiting);
        gauge("partitions.read", null, "partitions that this worker reads", load, WorkerLoad::readPartitions);
        gauge("commands.unfinished", null, "messages that are not answered", load, WorkerLoad::unfinished);
        gauge("commands.unfinished.chars", null, "their text, in UTF-16 units", load, WorkerLoad::unfinishedChars);
        gauge(
                "commands.oldest.waiting",
                "seconds",
                "how long the oldest message whose turn it is has waited for its start",
                load,
                it -> it.oldestNotStarted().toMillis() / 1_000.0);
        gauge("intake", "bytes", "records that were read and are not folded yet", load, it -> it.unreadKib() * 1_024.0);
    }

    /** With a strong reference: otherwise the supplier would be collected and the gauge would be NaN. */
    private void gauge(
            String name,
            @Nullable String unit,
            String description,
            Supplier<WorkerLoad> load,
            ToDoubleFunction<WorkerLoad> value) {
        Gauge.builder(PREFIX + name, load, now -> value.applyAsDouble(now.get()))
                .baseUnit(unit)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void accepted() {
        accepted.increment();
    }

    @Override
    public void started(Duration lag) {
        commandLag.record(lag);
    }

    @Override
    public void dropped(DropReason reason) {
        Objects.requireNonNull(dropped.get(reason)).increment();
    }

    @Override
    public void unreadable(String topic) {
        unreadableCounter(topic).increment();
    }

    private Counter unreadableCounter(String topic) {
        return Counter.builder(PREFIX + "records.unreadable")
                .description("records that cannot be read")
                .tag("topic", topic)
                .register(registry);
    }

    @Override
    public void takeover(Purpose purpose) {
        takeoverCounter(purpose).increment();
    }

    private Counter takeoverCounter(Purpose purpose) {
        return Counter.builder(PREFIX + "takeovers")
                .description("streams that this worker tried to take over from their writers")
                .tag("purpose", purpose.verb())
                .register(registry);
    }

    @Override
    public void refused() {
        refused.increment();
    }

    @Override
    public void ended(Written written, String provider) {
        String tag = known(provider);
        Terminal end = written.end();
        if (end == null) {
            return;
        }
        endedCounter(tag, end).increment();
        switch (end) {
            case StreamComplete complete ->
                used(tag, complete.metadata().tokens(), complete.metadata().cost());
            case GenerationStopped stopped ->
                used(tag, stopped.metadata().tokens(), stopped.metadata().cost());
            case StreamError _ -> {}
        }
        if (written.firstTokenMs() >= 0) {
            timer("time.to.first.token", "from a stream's start to its first chunk of content")
                    .tag(PROVIDER, tag)
                    .register(registry)
                    .record(Duration.ofMillis(written.firstTokenMs()));
        }
    }

    private Counter endedCounter(String provider, Terminal end) {
        return Counter.builder(PREFIX + "streams.ended")
                .description("streams whose end this worker wrote")
                .tag("by", Vocabulary.nameOf(end.getClass()))
                .tag(PROVIDER, provider)
                .tag(
                        "code",
                        end instanceof StreamError error ? error.error().code().name() : NO_CODE)
                .register(registry);
    }

    private void used(String provider, Tokens tokens, @Nullable Double cost) {
        tokenCounter(provider, "prompt").increment(tokens.prompt());
        tokenCounter(provider, "reasoning").increment(tokens.reasoning());
        tokenCounter(provider, "answer").increment(Math.max(0, tokens.completion() - tokens.reasoning()));
        if (cost != null) {
            costCounter(provider).increment(cost);
        }
    }

    private Counter tokenCounter(String provider, String kind) {
        return Counter.builder(PREFIX + "tokens")
                .description("tokens of complete and stopped answers")
                .tag(PROVIDER, provider)
                .tag("kind", kind)
                .register(registry);
    }

    private Counter costCounter(String provider) {
        return Counter.builder(PREFIX + "cost")
                .baseUnit("usd")
                .description("what complete and stopped answers cost, where prices are set")
                .tag(PROVIDER, provider)
                .register(registry);
    }

    @Override
    public void chunkGap(String provider, Duration gap) {
        chunkGaps
                .computeIfAbsent(
                        known(provider),
                        tag -> timer("chunk.gap", "between two chunks of a stream in the log")
                                .tag(PROVIDER, tag)
                                .register(registry))
                .record(gap);
    }

    private String known(String provider) {
        return providers.contains(provider) ? provider : OTHER_PROVIDER;
    }

    @Override
    public void stopped(Duration latency) {
        stopLatency.record(latency);
    }

    @Override
    public void failed(String provider, ProviderException.Kind kind) {
        Counter.builder(PREFIX + "provider.failures")
                .description("answers that a provider failed to give, retries included")
                .tag(PROVIDER, known(provider))
                .tag("kind", lower(kind))
                .register(registry)
                .increment();
    }

    @Override
    public void watch(String provider, Supplier<Breaker.State> breaker) {
        providers.add(provider);
        tokenCounter(provider, "prompt");
        costCounter(provider);
        for (Breaker.State state : Breaker.State.values()) {
            Gauge.builder(PREFIX + "provider.breaker", breaker, now -> now.get() == state ? 1 : 0)
                    .description("1 for the state that the provider's circuit breaker is in")
                    .tag(PROVIDER, provider)
                    .tag("state", lower(state))
                    .strongReference(true)
                    .register(registry);
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
