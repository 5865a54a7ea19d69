package dev.parley.engine.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells of which partitions the leader has not answered lately. A reader that receives nothing cannot tell by that whether there is nothing to
 * read or whether the leader cannot be reached. Not thread-safe.
 */
final class BrokerLiveness {
    private final long timeoutNanos;
    private final Map<Integer, Broker> brokers = new HashMap<>();

    private record Broker(long answers, long answeredAt) {}

    /** @param timeout a broker that does not answer for this time counts as unreachable; a few times as long as a fetch without records takes */
    BrokerLiveness(Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
    }

    /**
     * To be called several times within the timeout.
     *
     * @param leaders the broker that leads each partition; any number that is not a broker's if none does
     * @param answers how many responses each broker has sent so far
     * @param now monotonic nanoseconds
     * @return the partitions whose leader is unreachable
     */
    Set<Integer> unreachable(Map<Integer, Integer> leaders, Map<Integer, Long> answers, long now) {
        brokers.keySet().retainAll(leaders.values());
        Set<Integer> unreachable = new HashSet<>();
        leaders.forEach((partition, leader) -> {
            Broker broker = brokers.compute(leader, (id, before) -> update(before, answers.getOrDefault(id, 0L), now));
            if (now - broker.answeredAt() > timeoutNanos) {
                unreachable.add(partition);
            }
        });
        return unreachable;
    }

    /** A new broker counts as having answered now. */
    private static Broker update(@Nullable Broker before, long answers, long now) {
        return before != null && before.answers() == answers ? before : new Broker(answers, now);
    }
}
