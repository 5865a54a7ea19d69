package dev.parley.service.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RepeatingThreadTest {

    private static final Duration OFTEN = Duration.ofMillis(1);

    private final BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> done = new LinkedBlockingQueue<>();
    private final RequiredThreads required = new RequiredThreads(ended::add);
    private final AtomicInteger times = new AtomicInteger();

    @Test
    void a_task_that_throws_an_exception_runs_again() throws Exception {
        try (RepeatingThread _ = RepeatingThread.start("often", OFTEN, this::failThenWork, required)) {
            assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
        }
        assertThat(ended).isEmpty();
    }

    private void failThenWork() {
        int now = times.incrementAndGet();
        if (now == 1) {
            throw new IllegalStateException("of the test");
        }
        done.add(now);
    }

    @Test
    void an_error_ends_the_process() throws Exception {
        try (RepeatingThread _ = RepeatingThread.start("often", OFTEN, RepeatingThreadTest::die, required)) {
            assertThat(ended.poll(10, TimeUnit.SECONDS)).isEqualTo(RequiredThreads.STATUS);
        }
    }

    private static void die() {
        throw new StackOverflowError("of the test");
    }

    @Test
    void a_closed_thread_may_end() throws Exception {
        RepeatingThread thread = RepeatingThread.start("often", OFTEN, () -> done.add(1), required);
        assertThat(done.poll(10, TimeUnit.SECONDS)).isNotNull();

        thread.close();

        assertThat(thread.awaitEnd(Duration.ofSeconds(10))).isTrue();
        assertThat(ended).isEmpty();
    }
}
