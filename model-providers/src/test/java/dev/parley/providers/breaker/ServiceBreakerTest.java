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
    void the_breaker_opens_for_a_service_that_keeps_failing() {
        fail(Kind.UNAVAILABLE, 3);
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);

        fail(Kind.UNAVAILABLE, 1);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.tryAcquire()).isEmpty();
    }

    @Test
    void the_breaker_stays_closed_for_a_service_that_fails_now_and_then() {
        for (int i = 0; i < 20; i++) {
            speak(2);
            fail(Kind.UNAVAILABLE, 1);
        }

        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void after_its_time_a_few_trial_calls_close_it_if_they_are_answered() {
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
    void failed_trial_calls_open_it_again() {
        fail(Kind.TIMEOUT, 4);
        clock.pass(Duration.ofSeconds(31));

        fail(Kind.UNAVAILABLE, 2);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.tryAcquire()).isEmpty();
    }

    @Test
    void a_cancelled_trial_call_makes_room_for_another() {
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
    void failures_that_a_user_can_cause_do_not_count(Kind kind) {
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
    void failures_of_the_service_count(Kind kind) {
        fail(kind, 4);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void an_answer_that_breaks_off_counts_as_a_failure() {
        for (int i = 0; i < 2; i++) {
            try (Breaker.Permit permit = breaker.tryAcquire().orElseThrow()) {
                permit.answered();
                permit.failed(Kind.UNAVAILABLE);
            }
        }

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void an_answer_counts_once() {
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
    void a_call_that_is_stopped_before_a_word_does_not_count() {
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
    void a_setting_out_of_range_is_named(int calls, int min, int percent, int seconds, int trials, String name) {
        assertThatThrownBy(() -> new BreakerSettings(calls, min, percent, Duration.ofSeconds(seconds), trials))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("parley.providers.breaker." + name + ": ");
    }

    @Test
    void the_breaker_none_permits_every_call() {
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
