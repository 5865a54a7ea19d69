package dev.parley.prompt.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TimeBudgetTest {
    private static final Duration BUDGET = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final TimeBudget budget = new TimeBudget("something", BUDGET, 3, PAUSE, clock::get);

    private boolean answers() throws InterruptedException {
        return budget.ask(asked::incrementAndGet).isPresent();
    }

    private void isLate() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        try (TimeBudget.Part<String> question = budget.start(() -> {
            asked.incrementAndGet();
            begun.countDown();
            return never();
        })) {
            begun.await();
            clock.addAndGet(BUDGET.toNanos());
            assertThat(question.await()).isEmpty();
        }
    }

    /** Resilience4j permits a trial call only after the pause, not at its last nanosecond. */
    private void thePauseEnds() {
        clock.addAndGet(PAUSE.toNanos() + 1);
    }

    @Test
    void one_late_call_does_not_pause_the_source() throws Exception {
        isLate();
        isLate();
        assertThat(answers()).isTrue();
        isLate();
        assertThat(answers()).isTrue();
    }

    @Test
    void late_calls_in_a_row_pause_the_source_and_one_after_the_pause_does_again() throws Exception {
        isLate();
        isLate();
        isLate();
        assertThat(answers()).isFalse();
        assertThat(asked).hasValue(3);

        thePauseEnds();
        isLate();
        assertThat(asked).hasValue(4);
        assertThat(answers()).isFalse();
        assertThat(asked).hasValue(4);

        thePauseEnds();
        assertThat(answers()).isTrue();
    }

    @Test
    void calls_that_one_stall_makes_late_count_once() throws Exception {
        List<TimeBudget.Part<String>> together = Stream.generate(() -> budget.start(TimeBudgetTest::never))
                .limit(5)
                .toList();
        clock.addAndGet(BUDGET.toNanos());
        for (TimeBudget.Part<String> each : together) {
            assertThat(each.await()).isEmpty();
        }

        assertThat(answers()).isTrue();
    }

    @Test
    void after_the_pause_one_call_at_a_time_tries() throws Exception {
        assertThat(budget.ask(() -> {
                    throw new IllegalStateException("away");
                }))
                .isEmpty();
        thePauseEnds();

        try (TimeBudget.Part<String> trial = budget.start(TimeBudgetTest::never)) {
            assertThat(trial.isLeftOut()).isFalse();
            assertThat(answers()).isFalse();
        }
        assertThat(answers()).isTrue();
        assertThat(answers()).isTrue();
    }

    private static String never() throws InterruptedException {
        new CountDownLatch(1).await();
        return "never";
    }

    @Test
    void a_failure_pauses_the_source() throws Exception {
        assertThat(budget.ask(() -> {
                    throw new IllegalStateException("away");
                }))
                .isEmpty();
        assertThat(answers()).isFalse();

        thePauseEnds();
        assertThat(answers()).isTrue();
    }
}
