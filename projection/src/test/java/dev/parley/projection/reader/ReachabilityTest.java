package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReachabilityTest {

    private static final Duration BOUND = Duration.ofSeconds(15);

    private long now;
    private final Reachability reachability = new Reachability(BOUND, () -> now);

    @Test
    void both_must_have_answered_once() {
        assertThat(reachability.missing()).hasValue("Kafka has not answered yet; MongoDB has not answered yet");
        reachability.kafkaAnswered();
        assertThat(reachability.missing()).hasValue("MongoDB has not answered yet");
        reachability.storeAnswered();
        assertThat(reachability.missing()).isEmpty();
    }

    @Test
    void one_that_does_not_answer_is_named_after_the_bound() {
        reachability.kafkaAnswered();
        reachability.storeAnswered();
        later(BOUND);
        assertThat(reachability.missing()).isEmpty();

        reachability.kafkaAnswered();
        later(Duration.ofMillis(1));
        assertThat(reachability.missing()).hasValue("MongoDB has not answered for more than 15000 ms");
        later(BOUND);
        assertThat(reachability.missing())
                .hasValue(
                        "Kafka has not answered for more than 15000 ms; MongoDB has not answered for more than 15000 ms");

        reachability.storeAnswered();
        reachability.kafkaAnswered();
        assertThat(reachability.missing()).isEmpty();
    }

    private void later(Duration time) {
        now += time.toNanos();
    }
}
