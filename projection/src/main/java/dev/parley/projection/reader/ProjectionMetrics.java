package dev.parley.projection.reader;

import dev.parley.projection.turn.Turn;
import dev.parley.schema.log.DropReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** {@code parley.projection.*}. Counters of what was read count again what is read again after a restart. */
public final class ProjectionMetrics {

    private final InstantSource clock;
    private final Timer delay;
    private final Counter streaming;
    private final Counter over;
    private final Counter counted;
    private final Map<DropReason, Counter> dropped = new EnumMap<>(DropReason.class);
    private final Counter deadLetters;
    private final Counter failedWrites;
    private final Counter passedOver;
    private final AtomicLong lag;
    private final AtomicLong openStreams;
    private final AtomicLong openChars;

    public ProjectionMetrics(MeterRegistry registry, InstantSource clock) {
        this.clock = clock;
        delay = Timer.builder("parley.projection.delay")
                .description("From the time of a turn's last record to its document")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(5))
                .register(registry);
        streaming = registry.counter("parley.projection.writes", "turn", "streaming");
        over = registry.counter("parley.projection.writes", "turn", "over");
        counted = registry.counter("parley.projection.records.counted");
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, registry.counter("parley.projection.records.dropped", "reason", reason.wireName()));
        }
        deadLetters = registry.counter("parley.projection.dlt");
        failedWrites = registry.counter("parley.projection.writes.failed");
        passedOver = Counter.builder("parley.projection.writes.passed.over")
                .description("Turns, archives and steps of conversations that can never be written")
                .register(registry);
        lag = Objects.requireNonNull(registry.gauge("parley.projection.lag.records", new AtomicLong()));
        openStreams = Objects.requireNonNull(registry.gauge("parley.projection.open.streams", new AtomicLong()));
        openChars = Objects.requireNonNull(registry.gauge("parley.projection.open.chars", new AtomicLong()));
    }

    void counted() {
        counted.increment();
    }

    void dropped(DropReason reason) {
        Objects.requireNonNull(dropped.get(reason)).increment();
    }

    void deadLetter() {
        deadLetters.increment();
    }

    void written(Collection<Turn> turns) {
        for (Turn turn : turns) {
            Duration since = Duration.between(turn.trace().lastTime(), clock.instant());
            delay.record(since.isNegative() ? Duration.ZERO : since); // the record's clock is another one
            (turn.isOver() ? over : streaming).increment();
        }
    }

    void writeFailed() {
        failedWrites.increment();
    }

    void passedOver() {
        passedOver.increment();
    }

    void state(long lagRecords, long streams, long chars) {
        lag.set(lagRecords);
        openStreams.set(streams);
        openChars.set(chars);
    }
}
