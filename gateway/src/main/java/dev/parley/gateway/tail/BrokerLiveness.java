package dev.parley.gateway.tail;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Tells for how long the log has stood still because a broker gives no answer, over any number of connections. A broker that has nothing
 * new answers all the same, at the latest after {@code fetch.max.wait.ms}, so an idle topic is never taken for a broken network. Time in
 * which nobody looked, as in a stopped process, does not count. Not thread-safe.
 */
final class BrokerLiveness {

    private final long longestStepNanos;
    private final Map<Integer, Broker> leaders = new HashMap<>();
    private long anyAt;
    private long allAt;
    private long lookedAt;
    private long passed;
    private long answersSoFar;

    private record Broker(long answers, long answeredAt) {}

    /**
     * @param longestStepNanos what counts at most between two looks
     * @param now monotonic nanoseconds
     */
    BrokerLiveness(long longestStepNanos, long now) {
        this.longestStepNanos = longestStepNanos;
        this.lookedAt = now;
    }

    /** The counts of answers begin anew; how long brokers have been silent does not. */
    void onNewConnection() {
        answersSoFar = 0;
        leaders.replaceAll((_, broker) -> new Broker(0, broker.answeredAt()));
    }

    /**
     * To be called again and again.
     *
     * @param leading the brokers that lead partitions which are read; empty while none is known
     * @param answers how many answers each broker has given on this connection
     * @param now monotonic nanoseconds
     */
    void look(Set<Integer> leading, Map<Integer, Long> answers, long now) {
        passed += Math.min(now - lookedAt, longestStepNanos);
        lookedAt = now;
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

    /** For how long no broker has given an answer. */
    long silentNanos() {
        return passed - anyAt;
    }

    /** For how long some partition has stood still, as its leader has given no answer; at least {@link #silentNanos}. */
    long stalledNanos() {
        return Math.max(passed - allAt, silentNanos());
    }
}
