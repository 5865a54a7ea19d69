package dev.parley.gateway.tail;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Measures for how long brokers have not answered, over any number of connections. A broker without new records answers too, after {@code
 * fetch.max.wait.ms} at the latest, so an idle topic does not look like a broken network. Time in which there was no check, because the process was
 * stopped, does not count. Not thread-safe.
 */
final class BrokerLiveness {

    private final long longestStepNanos;
    private final Map<Integer, Broker> leaders = new HashMap<>();
    private long anyAt;
    private long allAt;
    private long checkedAt;
    private long passed;
    private long answersSoFar;

    private record Broker(long answers, long answeredAt) {}

    /**
     * @param longestStepNanos how much time between two checks counts at most
     * @param now monotonic nanoseconds
     */
    BrokerLiveness(long longestStepNanos, long now) {
        this.longestStepNanos = longestStepNanos;
        this.checkedAt = now;
    }

    /** The counts of answers begin at 0 again; the measured times continue. */
    void onNewConnection() {
        answersSoFar = 0;
        leaders.replaceAll((_, broker) -> new Broker(0, broker.answeredAt()));
    }

    /**
     * To be called regularly.
     *
     * @param leading the brokers that lead partitions; empty while none is known
     * @param answers how many answers each broker has given on this connection
     * @param now monotonic nanoseconds
     */
    void check(Set<Integer> leading, Map<Integer, Long> answers, long now) {
        passed += Math.min(now - checkedAt, longestStepNanos);
        checkedAt = now;
        long total = answers.values().stream().mapToLong(Long::longValue).sum();
        if (total > answersSoFar) {
            anyAt = passed;
        }
        answersSoFar = total;
        if (leading.isEmpty()) {
            return;
        }
        leaders.keySet().retainAll(leading);
        for (int broker : leading) {
            long count = answers.getOrDefault(broker, 0L);
            Broker before = leaders.get(broker);
            if (before == null || count > before.answers()) {
                leaders.put(broker, new Broker(count, passed));
            }
        }
        allAt = leaders.values().stream().mapToLong(Broker::answeredAt).min().orElse(allAt);
    }

    /** For how long no broker has answered. */
    long silentNanos() {
        return passed - anyAt;
    }

    /** For how long the leader of some partition has not answered; at least {@link #silentNanos}. */
    long stalledNanos() {
        return Math.max(passed - allAt, silentNanos());
    }
}
