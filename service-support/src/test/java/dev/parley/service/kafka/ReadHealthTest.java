package dev.parley.service.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class ReadHealthTest {

    private static final Duration BOUND = Duration.ofSeconds(10);

    private long now;
    private final ReadHealth health = new ReadHealth("chat.events", BOUND, () -> now);

    @Test
    void a_reader_that_is_answered_is_well_whether_or_not_there_are_records() {
        for (int i = 0; i < 100; i++) {
            later(Duration.ofSeconds(1));
            health.answered();
        }
        assertThat(health.reason()).isEmpty();
    }

    @Test
    void one_that_no_broker_answers_for_longer_than_the_bound_is_not_and_the_next_answer_ends_it() {
        later(BOUND);
        assertThat(health.reason()).isEmpty();
        later(Duration.ofMillis(1));
        assertThat(health.reason())
                .get()
                .asString()
                .startsWith("no broker has answered for more than 10000 ms when asked for chat.events");

        health.answered();
        assertThat(health.reason()).isEmpty();
    }

    @Test
    void one_that_is_refused_again_and_again_is_not_even_if_brokers_answer_between() {
        for (int i = 0; i < 11; i++) {
            refused();
            later(Duration.ofSeconds(1));
            health.answered();
        }
        assertThat(health.reason())
                .get()
                .asString()
                .startsWith("reading chat.events fails with TopicAuthorizationException; allow");

        later(ReadHealth.QUIET);
        health.answered();
        assertThat(health.reason()).isEmpty();
    }

    @Test
    void a_failure_now_and_then_is_no_reason() {
        for (int i = 0; i < 100; i++) {
            refused();
            later(ReadHealth.QUIET.plusMillis(1));
            health.answered();
        }
        assertThat(health.reason()).isEmpty();
    }

    private void refused() {
        health.failed(new TopicAuthorizationException("no"));
    }

    private void later(Duration time) {
        now += time.toNanos();
    }
}
