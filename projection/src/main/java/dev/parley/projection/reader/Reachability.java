package dev.parley.projection.reader;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether Kafka and the store can be reached: each must have answered once, and again within a bound ever since. A single failure is not
 * enough. Both are checked also if there is nothing to read or write. Thread-safe.
 */
final class Reachability {

    private final long boundNanos;
    private final LongSupplier nanos;
    private volatile @Nullable Long kafkaAt;
    private volatile @Nullable Long storeAt;

    /** @param nanos a monotonic clock */
    Reachability(Duration bound, LongSupplier nanos) {
        this.boundNanos = bound.toNanos();
        this.nanos = nanos;
    }

    void kafkaAnswered() {
        kafkaAt = nanos.getAsLong();
    }

    void storeAnswered() {
        storeAt = nanos.getAsLong();
    }

    /** A sentence on what does not answer; empty if both do. */
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
