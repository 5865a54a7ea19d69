package dev.parley.projection.reader;

import dev.parley.schema.log.DropReason;
import dev.parley.store.turn.Turn;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * {@code parley.projection.*}, described in {@code docs/metrics.md}. What an earlier reader has read is not counted as read and not measured as
 * delayed; if it is written again, it counts as written.
 */
public final class ProjectionMetrics {

    private static final String PREFIX = "parley.projection.";

    private final MeterRegistry registry;
    private final InstantSource clock;
    private final Timer delay;
    private final Counter streaming;
    private final Counter over;
    private final Counter counted;
    private final Map<DropReason, Counter> dropped = new EnumMap<>(DropReason.class);
    private final Counter deadLetters;
    private final Counter failedWrites;
    private final Counter writesSkipped;
    private final AtomicLong lag = new AtomicLong();
    private final AtomicLong openStreams = new AtomicLong();
    private final AtomicLong openChars = new AtomicLong();

    public ProjectionMetrics(MeterRegistry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
        delay = Timer.builder(PREFIX + "delay")
                .description("From the time of a turn's last record to its document")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(5))
                .register(registry);
        streaming = writes("streaming");
        over = writes("over");
        counted = counter("records.counted", "Records of events that count").register(registry);
        for (DropReason reason : DropReason.values()) {
            dropped.put(
                    reason,
                    counter("records.dropped", "Records of events that do not count")
                            .tag("reason", reason.wireName())
                            .register(registry));
        }
        deadLetters = counter("dlt", "Records that cannot be read and went to chat.events.dlt")
                .register(registry);
        failedWrites = counter("writes.failed", "Failed writes to the store").register(registry);
        writesSkipped = counter(
                        "writes.passed.over", "Turns, archives and steps of conversations that can never be written")
                .register(registry);
        gauge("lag.records", "Records that are not read yet", lag);
        gauge("open.streams", "Unfinished streams", openStreams);
        gauge("open.chars", "Text of unfinished streams in memory, in UTF-16 units", openChars);
    }

    private static Counter.Builder counter(String name, String description) {
        return Counter.builder(PREFIX + name).description(description);
    }

    private Counter writes(String turn) {
        return counter("writes", "Turns that were written").tag("turn", turn).register(registry);
    }

    private void gauge(String name, String description, AtomicLong value) {
        Gauge.builder(PREFIX + name, value, AtomicLong::get)
                .description(description)
                .strongReference(true)
                .register(registry);
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

    /** @param isNew whether no earlier reader has read all of a turn */
    void written(Collection<Turn> turns, Predicate<Turn> isNew) {
        for (Turn turn : turns) {
            if (isNew.test(turn)) {
                Duration since = Duration.between(turn.trace().lastTime(), clock.instant());
                delay.record(since.isNegative() ? Duration.ZERO : since); // the record has the time of another clock
            }
            (turn.isOver() ? over : streaming).increment();
        }
    }

    void writeFailed() {
        failedWrites.increment();
    }

    void writeSkipped() {
        writesSkipped.increment();
    }

    void state(long lagRecords, long streams, long chars) {
        lag.set(lagRecords);
        openStreams.set(streams);
        openChars.set(chars);
    }
}
