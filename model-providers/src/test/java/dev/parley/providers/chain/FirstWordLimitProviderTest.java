package dev.parley.providers.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.providers.Collected;
import dev.parley.providers.FakeProvider;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FirstWordLimitProviderTest {

    private static final ModelRequest REQUEST = new ModelRequest("m", List.of(), "", false, null);
    private static final Duration LIMIT = Duration.ofMillis(1_500);
    /** A limit after which the caller looks at the manual time again. */
    private static final Duration SHORT = Duration.ofMillis(2);

    @Test
    void a_silent_provider_is_abandoned_and_interrupted() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        FakeProvider silent = new FakeProvider("a", (_, _) -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        FirstWordLimitProvider limited = new FirstWordLimitProvider(silent, LIMIT, upOnce(asked));

        assertThatThrownBy(() -> limited.stream(REQUEST, _ -> {}))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT))
                .hasMessage("a said nothing for 1500 ms");
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void the_pieces_of_an_abandoned_provider_are_not_passed_on() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch given = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(1);
        FakeProvider stubborn = new FakeProvider("a", (_, sink) -> {
            asked.countDown();
            awaitWithoutInterrupt(given);
            try {
                sink.accept(new ModelPiece.Content("too late"));
            } catch (IllegalStateException e) {
                refused.countDown();
            }
        });
        Collected passedOn = new Collected();

        FirstWordLimitProvider limited = new FirstWordLimitProvider(stubborn, LIMIT, upOnce(asked));

        assertThatThrownBy(() -> limited.stream(REQUEST, passedOn)).isInstanceOf(ProviderException.class);
        given.countDown();

        assertThat(refused.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(passedOn.pieces()).isEmpty();
    }

    @Test
    void each_piece_of_reasoning_renews_the_limit_and_a_word_lifts_it() throws Exception {
        ManualTime time = new ManualTime();
        AtomicInteger looksAtTheWord = new AtomicInteger();
        FakeProvider slow = new FakeProvider("a", (_, sink) -> {
            time.passAlmost(SHORT);
            sink.accept(new ModelPiece.Thinking("hm"));
            time.passAlmost(SHORT);
            sink.accept(new ModelPiece.Thinking("hm"));
            time.passAlmost(SHORT);
            sink.accept(new ModelPiece.Content("hi"));
            looksAtTheWord.set(time.looks.get());
            time.now.addAndGet(SHORT.toNanos() * 100);
            sink.accept(new ModelPiece.Content(" there"));
            sink.accept(new ModelPiece.Finished("stop", null));
        });
        FirstWordLimitProvider limited = new FirstWordLimitProvider(slow, SHORT, time);

        assertThat(Collected.from(limited, REQUEST).pieces()).hasSize(5);
        assertThat(time.looks.get()).isLessThanOrEqualTo(looksAtTheWord.get() + 1);
    }

    @Test
    void a_provider_that_falls_silent_after_reasoning_is_abandoned() {
        ManualTime time = new ManualTime();
        AtomicInteger signsInTime = new AtomicInteger();
        FakeProvider hanging = new FakeProvider("a", (_, sink) -> {
            time.passAlmost(SHORT);
            sink.accept(new ModelPiece.Thinking("hm"));
            signsInTime.incrementAndGet();
            time.now.addAndGet(SHORT.toNanos());
            new CountDownLatch(1).await();
        });
        FirstWordLimitProvider limited = new FirstWordLimitProvider(hanging, SHORT, time);

        assertThatThrownBy(() -> limited.stream(REQUEST, _ -> {})).isInstanceOf(ProviderException.class);
        assertThat(signsInTime.get()).isEqualTo(1);
    }

    @Test
    void a_word_at_the_last_moment_counts() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch said = new CountDownLatch(1);
        FakeProvider provider = new FakeProvider("a", (_, sink) -> {
            waiting.await();
            sink.accept(new ModelPiece.Content("just so"));
            said.countDown();
        });
        LongSupplier upOnce = upOnce(said);
        AtomicInteger looks = new AtomicInteger();
        FirstWordLimitProvider limited = new FirstWordLimitProvider(provider, LIMIT, () -> {
            if (looks.incrementAndGet() > 1) {
                waiting.countDown();
            }
            return upOnce.getAsLong();
        });

        assertThat(Collected.from(limited, REQUEST).text()).isEqualTo("just so");
    }

    @Test
    void an_interrupt_of_the_caller_ends_the_call_before_and_after_a_word() throws Exception {
        for (boolean speaks : new boolean[] {false, true}) {
            CountDownLatch asked = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            FakeProvider hanging = new FakeProvider("a", (_, sink) -> {
                if (speaks) {
                    sink.accept(new ModelPiece.Content("hi"));
                }
                asked.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
            });
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    new FirstWordLimitProvider(hanging, Duration.ofMinutes(5)).stream(REQUEST, _ -> {});
                } catch (Exception e) {
                    end.set(e);
                }
            });
            assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();

            caller.interrupt();

            assertThat(caller.join(Duration.ofSeconds(5))).isTrue();
            assertThat(end.get()).isInstanceOf(InterruptedException.class);
            assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void exceptions_of_the_provider_and_the_sink_are_thrown() {
        IllegalStateException enough = new IllegalStateException("enough");
        FakeProvider failing = FakeProvider.failing("a", Kind.RATE_LIMITED);

        assertThatThrownBy(() -> new FirstWordLimitProvider(failing, LIMIT).stream(REQUEST, _ -> {}))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.kind()).isEqualTo(Kind.RATE_LIMITED));
        assertThatThrownBy(
                        () -> new FirstWordLimitProvider(FakeProvider.saying("a", "hi"), LIMIT).stream(REQUEST, _ -> {
                            throw enough;
                        }))
                .isSameAs(enough);
    }

    /** A clock by which {@link #LIMIT} has passed once this has happened, and not before. */
    private static LongSupplier upOnce(CountDownLatch happened) {
        AtomicInteger looks = new AtomicInteger();
        return () -> {
            if (looks.getAndIncrement() == 0) {
                return 0;
            }
            awaitOrFail(() -> happened.await(5, TimeUnit.SECONDS));
            return LIMIT.toNanos();
        };
    }

    private static void awaitOrFail(Callable<Boolean> happened) {
        try {
            assertThat(happened.call()).isTrue();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A clock that a provider moves. Counts how often the caller of the provider reads it. */
    private static final class ManualTime implements LongSupplier {

        private final Thread caller = Thread.currentThread();
        private final AtomicLong now = new AtomicLong();
        private final AtomicInteger looks = new AtomicInteger();
        private final Semaphore looked = new Semaphore(0);

        @Override
        public long getAsLong() {
            long time = now.get();
            if (Thread.currentThread() == caller) {
                looks.incrementAndGet();
                looked.release();
            }
            return time;
        }

        /** Moves the clock to just before the limit, and waits until the caller has read it. */
        void passAlmost(Duration limit) {
            now.addAndGet(limit.toNanos() - 1);
            looked.drainPermits();
            awaitOrFail(() -> looked.tryAcquire(2, 5, TimeUnit.SECONDS));
        }
    }

    private static void awaitWithoutInterrupt(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // ignored by this provider
            }
        }
    }
}
