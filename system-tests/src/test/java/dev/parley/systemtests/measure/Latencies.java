package dev.parley.systemtests.measure;

import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.LongStream;

/** How long something took, each time it was measured. */
public final class Latencies {

    private static final double NANOS_A_MS = 1e6;

    private final long[] nanos;

    private Latencies(long[] sorted) {
        this.nanos = sorted;
    }

    public static Latencies ofNanos(LongStream nanos) {
        return new Latencies(nanos.sorted().toArray());
    }

    public static Latencies ofNanos(Collection<Long> nanos) {
        return ofNanos(nanos.stream().mapToLong(Long::longValue));
    }

    public int count() {
        return nanos.length;
    }

    /** The smallest duration that this percentage of durations does not exceed. */
    public Duration percentile(int percent) {
        if (nanos.length == 0) {
            throw new AssertionError("nothing was measured");
        }
        int rank = (int) Math.ceil(nanos.length * percent / 100.0);
        return Duration.ofNanos(nanos[Math.max(0, rank - 1)]);
    }

    public Duration median() {
        return percentile(50);
    }

    public Duration max() {
        return percentile(100);
    }

    @Override
    public String toString() {
        return nanos.length == 0
                ? "n=0"
                : "n=%d p50=%s p95=%s p99=%s max=%s ms"
                        .formatted(nanos.length, ms(median()), ms(percentile(95)), ms(percentile(99)), ms(max()));
    }

    private static String ms(Duration time) {
        return String.format(Locale.ROOT, time.toMillis() < 100 ? "%.1f" : "%.0f", time.toNanos() / NANOS_A_MS);
    }
}
