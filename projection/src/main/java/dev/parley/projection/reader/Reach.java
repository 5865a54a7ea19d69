package dev.parley.projection.reader;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether Kafka and the store can be reached: each must have answered once, and again within the bound ever since. One failure is not
 * enough, and neither is a log or a store with nothing to do: both are asked all the time. Thread-safe.
 */
final class Reach {

    private final long boundNanos;
    private final LongSupplier nanos;
    private volatile @Nullable Long kafkaAt;
    private volatile @Nullable Long storeAt;

    /** @param nanos a clock that does not jump */
    Reach(Duration bound, LongSupplier nanos) {
        this.boundNanos = bound.toNanos();
        this.nanos = nanos;
    }

    /** Kafka has given what was asked of it. */
    void kafkaAnswered() {
        kafkaAt = nanos.getAsLong();
    }

    /** The store has done what was asked of it. */
    void storeAnswered() {
        storeAt = nanos.getAsLong();
    }

    /** What does not answer; empty if both do. */
    Optional<String> missing() {
        String kafka = missing("Kafka", kafkaAt);
        String store = missing("MongoDB", storeAt);
        if (kafka == null) {
            return Optional.ofNullable(store);
        }
        return Optional.of(store == null ? kafka : kafka + "; " + store);
    }

    private @Nullable String missing(String what, @Nullable Long at) {
        if (at == null) {
            return what + " has not answered yet";
        }
        return nanos.getAsLong() - at > boundNanos
                ? what + " has not answered for more than " + boundNanos / 1_000_000 + " ms"
                : null;
    }
}
