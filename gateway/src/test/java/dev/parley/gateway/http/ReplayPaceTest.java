package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReplayPaceTest {

    private long nowMs = 5_000;

    @Test
    void at_once_waits_for_nothing() {
        ReplayPace pace = ReplayPace.atOnce();
        assertThat(pace.waitBefore(0)).isZero();
        assertThat(pace.waitBefore(1_000_000)).isZero();
    }

    @Test
    void the_original_speed_waits_for_the_original_gaps() {
        ReplayPace pace = pace(1, 60_000);
        assertThat(pace.waitBefore(100)).isZero();
        assertThat(pace.waitBefore(350)).isEqualTo(250);
        nowMs += 250;
        assertThat(pace.waitBefore(360)).isEqualTo(10);
    }

    @Test
    void time_that_writing_took_is_not_waited_for_again() {
        ReplayPace pace = pace(1, 60_000);
        pace.waitBefore(0);
        nowMs += 70;
        assertThat(pace.waitBefore(100)).isEqualTo(30);
        nowMs += 500;
        assertThat(pace.waitBefore(200)).isZero();
    }

    @Test
    void a_speed_divides_the_gaps_and_long_gaps_are_cut() {
        assertThat(second(pace(4, 60_000), 1_000)).isEqualTo(250);
        assertThat(second(pace(0.5, 60_000), 1_000)).isEqualTo(2_000);
        assertThat(second(pace(1, 500), 3_600_000)).isEqualTo(500);
        assertThat(second(pace(1, 500), -50)).isZero();
    }

    private static long second(ReplayPace pace, long gapMs) {
        pace.waitBefore(10_000);
        return pace.waitBefore(10_000 + gapMs);
    }

    private ReplayPace pace(double speed, long maxGapMs) {
        return ReplayPace.of(speed, Duration.ofMillis(maxGapMs), () -> TimeUnit.MILLISECONDS.toNanos(nowMs));
    }
}
