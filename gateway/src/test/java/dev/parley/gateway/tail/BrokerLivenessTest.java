package dev.parley.gateway.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BrokerLivenessTest {

    private static final long STEP_MS = 500;

    private final BrokerLiveness liveness = new BrokerLiveness(TimeUnit.MILLISECONDS.toNanos(2 * STEP_MS), 0);
    private final Map<Integer, Long> answers = new HashMap<>();
    private Set<Integer> leading = Set.of(1, 2);
    private long nowMs;

    @Test
    void an_idle_log_whose_brokers_answer_is_not_stalled() {
        for (int i = 0; i < 100; i++) {
            step(1, 2);
            assertThat(stalledMs()).isZero();
            assertThat(silentMs()).isZero();
        }
    }

    @Test
    void a_log_with_one_silent_leader_is_stalled_though_other_brokers_answer() {
        step(1, 2);
        for (int i = 1; i <= 10; i++) {
            step(1);
            assertThat(stalledMs()).isEqualTo(i * STEP_MS);
            assertThat(silentMs()).isZero();
        }
        leading = Set.of(1);
        step(1);
        assertThat(stalledMs()).as("another one leads now").isZero();
    }

    @Test
    void silence_continues_over_new_connections_until_every_leader_answers() {
        step(1, 2);
        for (int i = 0; i < 6; i++) {
            step();
        }
        newConnection();
        leading = Set.of();
        step();
        assertThat(stalledMs()).isEqualTo(7 * STEP_MS);
        assertThat(silentMs()).isEqualTo(7 * STEP_MS);
        newConnection();
        leading = Set.of(1, 2);
        step(1);
        assertThat(silentMs()).isZero();
        assertThat(stalledMs()).isEqualTo(8 * STEP_MS);
        step(1, 2);
        assertThat(stalledMs()).isZero();
    }

    @Test
    void a_new_leader_has_time_to_answer() {
        step(1, 2);
        leading = Set.of(1, 3);
        step(1);
        assertThat(stalledMs()).isZero();
        step(1);
        assertThat(stalledMs()).isEqualTo(STEP_MS);
    }

    @Test
    void the_time_in_which_the_process_was_stopped_does_not_count() {
        step(1, 2);
        nowMs += TimeUnit.MINUTES.toMillis(1);
        step();
        assertThat(stalledMs()).isLessThanOrEqualTo(2 * STEP_MS);
    }

    private void step(int... answering) {
        nowMs += STEP_MS;
        for (int broker : answering) {
            answers.merge(broker, 1L, Long::sum);
        }
        liveness.check(leading, answers, TimeUnit.MILLISECONDS.toNanos(nowMs));
    }

    private void newConnection() {
        answers.clear();
        liveness.onNewConnection();
    }

    private long stalledMs() {
        return TimeUnit.NANOSECONDS.toMillis(liveness.stalledNanos());
    }

    private long silentMs() {
        return TimeUnit.NANOSECONDS.toMillis(liveness.silentNanos());
    }
}
