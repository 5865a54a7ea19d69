package dev.parley.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WriteProgressTest {

    private static final int BYTES = 16;
    private static final long WITHIN = 15;

    private final WriteProgress progress = new WriteProgress(BYTES, WITHIN);

    @Test
    void a_reader_without_waiting_data_is_never_slow() {
        assertThat(progress.isTooSlow(1_000_000)).isFalse();
        progress.finished(progress.started(0));
        assertThat(progress.isTooSlow(1_000_000)).isFalse();
        assertThat(progress.isStuck(1_000_000, 1)).isFalse();
    }

    @Test
    void a_reader_that_takes_nothing_is_too_slow_after_the_period_and_not_before() {
        progress.started(100);
        assertThat(progress.isTooSlow(115)).isFalse();
        assertThat(progress.isTooSlow(116)).isTrue();
    }

    @Test
    void a_reader_that_takes_just_enough_in_each_period_is_never_too_slow() {
        progress.started(0);
        for (long now = WITHIN; now < 100 * WITHIN; now += WITHIN) {
            assertThat(progress.isTooSlow(now)).isFalse();
            progress.taken(BYTES, now);
        }
    }

    @Test
    void a_reader_that_takes_less_than_that_is_too_slow() {
        progress.started(0);
        progress.taken(BYTES - 1, 14);
        assertThat(progress.isTooSlow(15)).isFalse();
        assertThat(progress.isTooSlow(16)).isTrue();
    }

    @Test
    void small_amounts_add_up() {
        progress.started(0);
        for (long now = 1; now < 1_000; now++) {
            progress.taken(2, now);
            assertThat(progress.isTooSlow(now)).isFalse();
        }
    }

    @Test
    void a_writing_that_finishes_late_does_not_end_a_later_one() {
        long first = progress.started(0);
        progress.started(1);
        progress.finished(first);
        assertThat(progress.isTooSlow(17)).isTrue();
    }

    @Test
    void a_reader_is_stuck_when_it_has_taken_nothing_for_a_while() {
        progress.started(0);
        progress.taken(1, 10);
        assertThat(progress.isStuck(15, 5)).isFalse();
        assertThat(progress.isStuck(16, 5)).isTrue();
    }
}
