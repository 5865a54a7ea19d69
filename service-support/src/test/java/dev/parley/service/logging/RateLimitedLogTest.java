package dev.parley.service.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateLimitedLogTest {

    private final List<String> lines = new ArrayList<>();
    private final List<Runnable> atTheEndOfTheMinute = new ArrayList<>();
    private final RateLimitedLog log =
            new RateLimitedLog(lines::add, Duration.ofMinutes(1), 2, (delay, task) -> atTheEndOfTheMinute.add(task));

    @Test
    void the_first_message_of_a_kind_is_written_at_once() {
        log.log("late", "{} is late by {} ms", "history", 300);

        assertThat(lines).containsExactly("history is late by 300 ms");
    }

    @Test
    void messages_of_one_kind_make_one_line_per_minute_with_their_count() {
        log.log("late", "first");
        for (int i = 1; i <= 10; i++) {
            log.log("late", "number {}", i);
        }
        assertThat(lines).containsExactly("first");

        aMinutePasses();
        log.log("late", "eleventh");
        aMinutePasses();

        assertThat(lines)
                .containsExactly(
                        "first", "number 10 (10 times in the last 60 s)", "eleventh (1 time in the last 60 s)");
    }

    @Test
    void a_minute_without_a_message_forgets_the_kind_without_a_line() {
        log.log("late", "first");
        aMinutePasses();
        assertThat(lines).containsExactly("first");
        assertThat(atTheEndOfTheMinute).isEmpty();

        log.log("late", "again");

        assertThat(lines).containsExactly("first", "again");
    }

    @Test
    void kinds_do_not_delay_each_other() {
        log.log("late", "late");
        log.log("failed", "failed");

        assertThat(lines).containsExactly("late", "failed");
    }

    @Test
    void kinds_beyond_the_bound_share_one() {
        log.log("1", "one");
        log.log("2", "two");
        log.log("3", "three");
        log.log("4", "four");
        log.log("1", "one again");

        assertThat(lines).containsExactly("one", "two", "three");
        aMinutePasses();
        assertThat(lines)
                .contains("one again (1 time in the last 60 s)", "four (1 time in the last 60 s)")
                .hasSize(5);
    }

    private void aMinutePasses() {
        List<Runnable> due = List.copyOf(atTheEndOfTheMinute);
        atTheEndOfTheMinute.clear();
        due.forEach(Runnable::run);
    }
}
