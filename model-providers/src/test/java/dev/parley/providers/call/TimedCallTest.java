package dev.parley.providers.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimedCallTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final AtomicLong now = new AtomicLong();
    private final TimeLimit limit = new TimeLimit(LIMIT, now::get);

    @Test
    void a_call_in_time_gives_its_result() throws Exception {
        try (TimedCall<String> call = TimedCall.start("call", limit, () -> "done")) {
            assertThat(call.await()).isEqualTo("done");
            assertThat(call.state()).isEqualTo(Future.State.SUCCESS);
        }
    }

    @Test
    void a_result_is_given_even_after_the_limit() throws Exception {
        try (TimedCall<String> call = TimedCall.start("call", limit, () -> "done")) {
            call.await();
            now.addAndGet(LIMIT.toNanos() * 2);

            assertThat(call.await()).isEqualTo("done");
        }
    }

    @Test
    void the_exception_of_the_call_is_the_cause() {
        IllegalStateException failure = new IllegalStateException("failed");
        try (TimedCall<String> call = TimedCall.start("call", limit, () -> {
            throw failure;
        })) {
            assertThatThrownBy(call::await)
                    .isInstanceOf(ExecutionException.class)
                    .hasCause(failure);
        }
    }

    @Test
    void a_late_call_is_not_waited_for_and_is_interrupted_when_closed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        TimedCall<String> call = TimedCall.start("call", limit, () -> never(begun, interrupted));
        assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
        now.addAndGet(LIMIT.toNanos());

        assertThatThrownBy(call::await).isInstanceOf(TimeoutException.class);
        assertThat(call.state()).isEqualTo(Future.State.RUNNING);
        call.close();

        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(call::await).isInstanceOf(CancellationException.class);
    }

    @Test
    void a_renewed_limit_gives_more_time() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (TimedCall<String> call = TimedCall.start("call", limit, () -> {
            go.await();
            return "done";
        })) {
            now.addAndGet(LIMIT.toNanos() - 1);
            limit.renew();
            now.addAndGet(LIMIT.toNanos() - 1);
            go.countDown();

            assertThat(call.await()).isEqualTo("done");
        }
    }

    @Test
    void a_lifted_limit_is_never_up() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (TimedCall<String> call = TimedCall.start("call", limit, () -> {
            go.await();
            return "done";
        })) {
            limit.lift();
            now.addAndGet(LIMIT.toNanos() * 2);
            go.countDown();

            assertThat(call.await()).isEqualTo("done");
        }
    }

    @Test
    void there_is_no_result_of_a_call_that_failed_or_was_late_or_for_an_interrupted_caller() {
        assertThat(TimedCall.start("call", limit, () -> "done").resultInTime()).contains("done");
        assertThat(TimedCall.start("call", limit, () -> {
                            throw new IllegalStateException("failed");
                        })
                        .resultInTime())
                .isEmpty();

        Thread.currentThread().interrupt();
        assertThat(TimedCall.start("call", limit, () -> never(new CountDownLatch(1), new CountDownLatch(1)))
                        .resultInTime())
                .isEmpty();
        assertThat(Thread.interrupted()).isTrue();

        now.addAndGet(LIMIT.toNanos());
        assertThat(TimedCall.start("call", limit, () -> never(new CountDownLatch(1), new CountDownLatch(1)))
                        .resultInTime())
                .isEmpty();
    }

    private static String never(CountDownLatch begun, CountDownLatch interrupted) throws InterruptedException {
        begun.countDown();
        try {
            new CountDownLatch(1).await();
            return "never";
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }
}
