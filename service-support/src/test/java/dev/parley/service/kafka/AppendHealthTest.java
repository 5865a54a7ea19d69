package dev.parley.service.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.service.logging.RateLimitedLog;
import dev.parley.service.thread.ThreadWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class AppendHealthTest {

    private final List<Boolean> told = new ArrayList<>();
    private long now;
    private final AppendHealth health = new AppendHealth("chat.events", () -> now, told::add);

    @Test
    void no_appends_and_a_single_failure_do_not_count() {
        later(Duration.ofDays(1));
        assertThat(health.reason()).isEmpty();
        assertThat(health.isProbeDue()).isFalse();

        refused();
        later(Duration.ofDays(1));
        assertThat(health.reason()).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void many_failures_at_one_moment_do_not_count() {
        for (int i = 0; i < 100; i++) {
            refused();
        }
        assertThat(health.reason()).isEmpty();
    }

    @Test
    void consecutive_failures_over_some_seconds_give_a_reason_with_topic_failure_and_remedy() {
        refused();
        later(Duration.ofSeconds(2));
        refused();
        later(Duration.ofSeconds(2));
        assertThat(health.reason()).isEmpty();
        refused();

        assertThat(health.reason()).hasValue("TopicAuthorizationException; grant this user WRITE on topic chat.events");
        assertThat(told).containsExactly(false);
    }

    @Test
    void a_success_between_failures_restarts_the_count() {
        refused();
        later(Duration.ofSeconds(2));
        refused();
        health.succeeded();
        later(Duration.ofSeconds(2));
        refused();
        later(Duration.ofSeconds(2));
        refused();
        assertThat(health.reason()).isEmpty();
    }

    @Test
    void one_success_ends_the_failure_and_each_change_is_reported_once() {
        outOfService();
        refused();
        health.succeeded();
        health.succeeded();

        assertThat(health.reason()).isEmpty();
        assertThat(told).containsExactly(false, true);
    }

    @Test
    void a_failure_that_concerns_one_record_does_not_count() {
        for (int i = 0; i < 10; i++) {
            health.failed(new CompletionException(new RecordTooLargeException("too large")));
            later(Duration.ofSeconds(1));
        }
        assertThat(health.reason()).isEmpty();
        assertThat(health.isProbeDue()).isFalse();
    }

    @Test
    void a_probe_is_due_a_second_after_the_last_failure_until_one_succeeds() {
        refused();
        assertThat(health.isProbeDue()).isFalse();
        later(AppendHealth.PROBE_EVERY);
        assertThat(health.isProbeDue()).isTrue();
        refused();
        assertThat(health.isProbeDue()).isFalse();
        later(AppendHealth.PROBE_EVERY);
        health.succeeded();
        assertThat(health.isProbeDue()).isFalse();
    }

    /** There is no other load: the probes alone detect that appends fail, and that they succeed again. */
    @Test
    void probes_continue_until_appends_succeed_again() throws InterruptedException {
        AppendHealth real = new AppendHealth("chat.events", System::nanoTime, _ -> {});
        SynchronousQueue<CompletableFuture<Void>> answers = new SynchronousQueue<>();
        real.failed(new TimeoutException("late"));
        try (AppendProbe _ = new AppendProbe("probe", real, () -> {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            try {
                answers.put(answer);
            } catch (InterruptedException e) {
                answer.completeExceptionally(e);
            }
            return answer;
        })) {
            for (int probe = 0; real.reason().isEmpty(); probe++) {
                assertThat(probe).isLessThan(10);
                next(answers).completeExceptionally(new TimeoutException("late"));
            }
            assertThat(real.reason()).get().asString().startsWith("TimeoutException; ");
            next(answers).complete(null);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (real.reason().isPresent() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(real.reason()).isEmpty();
            assertThat(answers.poll()).isNull();
        }
    }

    @Test
    void a_bug_is_logged_once_with_its_stack_trace_and_is_no_failure_of_the_brokers() throws InterruptedException {
        AtomicLong clock = new AtomicLong();
        AppendHealth real = new AppendHealth("chat.events", clock::get, _ -> {});
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        CountDownLatch probes = new CountDownLatch(AppendHealth.FAILURES + 1);
        real.failed(new TimeoutException("late"));
        clock.addAndGet(AppendHealth.FAILING_FOR.toNanos());
        try (AppendProbe _ = new AppendProbe(
                "probe",
                real,
                () -> {
                    clock.addAndGet(AppendHealth.FAILING_FOR.toNanos());
                    probes.countDown();
                    throw new IllegalArgumentException("a claim of 33 characters");
                },
                ThreadWatch.none(),
                RateLimitedLog.of(lines::add, (_, _) -> {}))) {
            assertThat(probes.await(10, TimeUnit.SECONDS))
                    .as("enough probes within 10 s")
                    .isTrue();
        }

        assertThat(real.reason()).isEmpty();
        assertThat(lines)
                .singleElement()
                .asString()
                .startsWith("Unexpected error while a probe record was created")
                .contains("java.lang.IllegalArgumentException: a claim of 33 characters")
                .contains("\tat " + AppendHealthTest.class.getName());
    }

    @Test
    void a_bug_in_the_result_is_distinguished_from_the_answer_of_a_broker() throws InterruptedException {
        AppendHealth real = new AppendHealth("chat.events", System::nanoTime, _ -> {});
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        real.failed(new TimeoutException("late"));
        try (AppendProbe _ = new AppendProbe(
                "probe",
                real,
                () -> CompletableFuture.failedFuture(new IllegalStateException("a bug")),
                ThreadWatch.none(),
                RateLimitedLog.of(lines::add, (_, _) -> {}))) {
            assertThat(lines.poll(10, TimeUnit.SECONDS)).contains("java.lang.IllegalStateException: a bug");
        }
        assertThat(real.reason()).isEmpty();
    }

    private static CompletableFuture<Void> next(SynchronousQueue<CompletableFuture<Void>> answers)
            throws InterruptedException {
        CompletableFuture<Void> answer = answers.poll(10, TimeUnit.SECONDS);
        assertThat(answer).as("a probe within 10 s").isNotNull();
        return answer;
    }

    private void outOfService() {
        for (int i = 0; i < AppendHealth.FAILURES; i++) {
            refused();
            later(AppendHealth.FAILING_FOR);
        }
        assertThat(health.reason()).isPresent();
    }

    private void refused() {
        health.failed(new TopicAuthorizationException("no"));
    }

    private void later(Duration time) {
        now += time.toNanos();
    }
}
