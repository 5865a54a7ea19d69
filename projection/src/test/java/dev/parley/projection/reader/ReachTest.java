package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReachTest {

    private static final Duration BOUND = Duration.ofSeconds(15);

    private long now;
    private final Reach reach = new Reach(BOUND, () -> now);

    @Test
    void both_must_have_answered_once() {
        assertThat(reach.missing()).hasValue("Kafka has not answered yet; MongoDB has not answered yet");
        reach.kafkaAnswered();
        assertThat(reach.missing()).hasValue("MongoDB has not answered yet");
        reach.storeAnswered();
        assertThat(reach.missing()).isEmpty();
    }

    @Test
    void one_that_is_away_is_waited_for_within_the_bound_and_named_after_it() {
        reach.kafkaAnswered();
        reach.storeAnswered();
        later(BOUND);
        assertThat(reach.missing()).isEmpty();

        reach.kafkaAnswered();
        later(Duration.ofMillis(1));
        assertThat(reach.missing()).hasValue("MongoDB has not answered for more than 15000 ms");
        later(BOUND);
        assertThat(reach.missing())
                .hasValue(
                        "Kafka has not answered for more than 15000 ms; MongoDB has not answered for more than 15000 ms");

        reach.storeAnswered();
        reach.kafkaAnswered();
        assertThat(reach.missing()).isEmpty();
    }

    private void later(Duration time) {
        now += time.toNanos();
    }
}
