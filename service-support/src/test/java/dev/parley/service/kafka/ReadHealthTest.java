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
    void a_reader_that_gets_answers_can_read_with_or_without_records() {
        for (int i = 0; i < 100; i++) {
            later(Duration.ofSeconds(1));
            health.answered();
        }
        assertThat(health.reason()).isEmpty();
    }

    @Test
    void a_reader_without_answers_for_longer_than_the_bound_cannot_read_until_the_next_answer() {
        later(BOUND);
        assertThat(health.reason()).isEmpty();
        later(Duration.ofMillis(1));
        assertThat(health.reason())
                .get()
                .asString()
                .startsWith("no broker has answered fetches of topic chat.events for more than 10000 ms");

        health.answered();
        assertThat(health.reason()).isEmpty();
    }

    @Test
    void a_reader_that_is_refused_repeatedly_cannot_read_even_with_answers_in_between() {
        for (int i = 0; i < 11; i++) {
            refused();
            later(Duration.ofSeconds(1));
            health.answered();
        }
        assertThat(health.reason())
                .get()
                .asString()
                .startsWith("reading topic chat.events fails with TopicAuthorizationException; grant");

        later(ReadHealth.QUIET);
        health.answered();
        assertThat(health.reason()).isEmpty();
    }

    @Test
    void an_occasional_failure_does_not_count() {
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
