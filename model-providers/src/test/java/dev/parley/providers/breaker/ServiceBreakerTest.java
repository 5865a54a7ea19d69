package dev.parley.providers.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.providers.ProviderException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ServiceBreakerTest {

    private static final BreakerSettings SETTINGS = new BreakerSettings(10, 4, 50, Duration.ofSeconds(30), 2);

    private final ManualClock clock = new ManualClock();
    private final ServiceBreaker breaker = new ServiceBreaker("a", SETTINGS, clock);

    @Test
    void a_service_that_fails_again_and_again_is_left_alone() {
        fail(Kind.UNAVAILABLE, 3);
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);

        fail(Kind.UNAVAILABLE, 1);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.tryAcquire()).isEmpty();
    }

    @Test
    void a_service_that_fails_now_and_then_is_not() {
        for (int i = 0; i < 20; i++) {
            speak(2);
            fail(Kind.UNAVAILABLE, 1);
        }

        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void after_its_time_a_few_try_it_and_if_they_are_answered_all_do() {
        fail(Kind.TIMEOUT, 4);
        clock.pass(Duration.ofSeconds(29));
        assertThat(breaker.tryAcquire()).isEmpty();

        clock.pass(Duration.ofSeconds(2));
        Breaker.Permit one = breaker.tryAcquire().orElseThrow();
        Breaker.Permit two = breaker.tryAcquire().orElseThrow();
        assertThat(breaker.state()).isEqualTo(Breaker.State.HALF_OPEN);
        assertThat(breaker.tryAcquire()).isEmpty();

        one.answered();
        two.answered();

        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
        one.close();
        two.close();
    }

    @Test
    void if_they_are_not_it_is_left_alone_again() {
        fail(Kind.TIMEOUT, 4);
        clock.pass(Duration.ofSeconds(31));

        fail(Kind.UNAVAILABLE, 2);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.tryAcquire()).isEmpty();
    }

    @Test
    void a_trial_whose_user_went_away_leaves_its_place_to_another() {
        fail(Kind.TIMEOUT, 4);
        clock.pass(Duration.ofSeconds(31));

        for (int i = 0; i < 100; i++) {
            breaker.tryAcquire().orElseThrow().close();
        }
        speak(2);

        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONTENT_FILTERED", "TOKEN_LIMIT", "REJECTED", "EMPTY_ANSWER"})
    void what_a_user_can_bring_about_says_nothing_about_the_service(Kind kind) {
        fail(kind, 100);
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);

        fail(Kind.UNAVAILABLE, 4);
        clock.pass(Duration.ofSeconds(31));
        fail(kind, 100);
        speak(2);

        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAVAILABLE", "RATE_LIMITED", "TIMEOUT", "UNAUTHORIZED", "BAD_RESPONSE"})
    void what_would_happen_to_anybody_does(Kind kind) {
        fail(kind, 4);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void an_answer_that_breaks_off_counts_as_a_failure_too() {
        for (int i = 0; i < 2; i++) {
            try (Breaker.Permit permit = breaker.tryAcquire().orElseThrow()) {
                permit.answered();
                permit.failed(Kind.UNAVAILABLE);
            }
        }

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void an_answer_counts_once_however_often_it_is_said_to_have_begun() {
        fail(Kind.UNAVAILABLE, 2);
        try (Breaker.Permit permit = breaker.tryAcquire().orElseThrow()) {
            permit.answered();
            permit.answered();
            permit.answered();
        }
        fail(Kind.UNAVAILABLE, 1);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void a_stop_before_a_word_is_no_call() {
        IntStream.range(0, 100).forEach(_ -> breaker.tryAcquire().orElseThrow().close());
        fail(Kind.UNAVAILABLE, 4);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 50, 30, 2, calls",
        "10, 11, 50, 30, 2, min-calls",
        "10, 5, 0, 30, 2, failure-percent",
        "10, 5, 101, 30, 2, failure-percent",
        "10, 5, 50, 0, 2, open-for",
        "10, 5, 50, 30, 0, trial-calls"
    })
    void settings_that_make_no_sense_are_named(int calls, int min, int percent, int seconds, int trials, String name) {
        assertThatThrownBy(() -> new BreakerSettings(calls, min, percent, Duration.ofSeconds(seconds), trials))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("parley.providers.breaker." + name + ": ");
    }

    @Test
    void where_there_is_nothing_to_protect_everybody_gets_through() {
        for (Kind kind : List.of(Kind.values())) {
            try (Breaker.Permit permit = Breaker.NONE.tryAcquire().orElseThrow()) {
                permit.failed(kind);
            }
        }

        assertThat(Breaker.NONE.state()).isEqualTo(Breaker.State.CLOSED);
    }

    private void fail(Kind kind, int times) {
        for (int i = 0; i < times; i++) {
            try (Breaker.Permit permit = breaker.tryAcquire().orElseThrow()) {
                permit.failed(kind);
            }
        }
    }

    private void speak(int times) {
        for (int i = 0; i < times; i++) {
            try (Breaker.Permit permit = breaker.tryAcquire().orElseThrow()) {
                permit.answered();
            }
        }
    }

    private static final class ManualClock extends Clock {

        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
