package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BrokerLivenessTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Map<Integer, Integer> LEADERS = Map.of(0, 1, 1, 2, 2, 1);

    private final BrokerLiveness liveness = new BrokerLiveness(Duration.ofSeconds(1));

    @Test
    void while_each_broker_answers_no_partition_is_unreachable() {
        for (long n = 0; n < 10; n++) {
            assertThat(liveness.unreachable(LEADERS, Map.of(1, n, 2, 2 * n), n * SECOND))
                    .isEmpty();
        }
    }

    @Test
    void the_partitions_of_a_silent_broker_are_unreachable_until_it_answers() {
        liveness.unreachable(LEADERS, Map.of(1, 5L, 2, 5L), 0);
        assertThat(liveness.unreachable(LEADERS, Map.of(1, 5L, 2, 6L), SECOND)).isEmpty();
        assertThat(liveness.unreachable(LEADERS, Map.of(1, 5L, 2, 7L), SECOND + 1))
                .containsExactlyInAnyOrder(0, 2);
        assertThat(liveness.unreachable(LEADERS, Map.of(1, 6L, 2, 8L), SECOND + 2))
                .isEmpty();
    }

    @Test
    void a_broker_that_has_never_answered_has_the_same_timeout() {
        assertThat(liveness.unreachable(LEADERS, Map.of(), 0)).isEmpty();
        assertThat(liveness.unreachable(LEADERS, Map.of(), SECOND + 1)).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void a_partition_with_a_new_leader_has_the_timeout_of_that_leader() {
        liveness.unreachable(LEADERS, Map.of(1, 5L, 2, 5L), 0);
        Map<Integer, Integer> moved = Map.of(0, 2, 1, 2, 2, 2);
        assertThat(liveness.unreachable(moved, Map.of(1, 5L, 2, 6L), 2 * SECOND))
                .isEmpty();
        assertThat(liveness.unreachable(LEADERS, Map.of(1, 5L, 2, 7L), 3 * SECOND))
                .isEmpty();
    }
}
