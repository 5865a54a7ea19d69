package dev.parley.engine.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells which partitions are heard: those whose leader has answered lately. A reader that gets nothing cannot know by that whether there is
 * nothing or whether the network keeps it. Not thread-safe.
 */
final class BrokerLiveness {
    private final long patienceNanos;
    private final Map<Integer, Broker> brokers = new HashMap<>();

    private record Broker(long answers, long answeredAt) {}

    /** @param patience for so long a broker may give no answer; a few times as long as one that has nothing to say waits with it */
    BrokerLiveness(Duration patience) {
        this.patienceNanos = patience.toNanos();
    }

    /**
     * To be asked again and again, a few times within the patience at least.
     *
     * @param leaders the broker that leads each partition, any number that is no broker's if none does
     * @param answers how many answers each broker has given so far
     * @param now monotonic nanoseconds
     * @return the partitions of which nothing would be heard
     */
    Set<Integer> unreachable(Map<Integer, Integer> leaders, Map<Integer, Long> answers, long now) {
        brokers.keySet().retainAll(leaders.values());
        Set<Integer> unreachable = new HashSet<>();
        leaders.forEach((partition, leader) -> {
            Broker broker = brokers.compute(leader, (id, before) -> look(before, answers.getOrDefault(id, 0L), now));
            if (now - broker.answeredAt() > patienceNanos) {
                unreachable.add(partition);
            }
        });
        return unreachable;
    }

    /** One that is new is given time. */
    private static Broker look(@Nullable Broker before, long answers, long now) {
        return before != null && before.answers() == answers ? before : new Broker(answers, now);
    }
}
