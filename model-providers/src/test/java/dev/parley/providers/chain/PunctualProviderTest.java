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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PunctualProviderTest {

    private static final ModelRequest REQUEST = new ModelRequest("m", List.of(), "", false, null);
    private static final Duration PATIENCE = Duration.ofMillis(1_500);

    @Test
    void a_provider_that_says_nothing_is_left_and_told_to_stop() throws Exception {
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
        PunctualProvider punctual = new PunctualProvider(silent, PATIENCE, _ -> onceCame(asked));

        assertThatThrownBy(() -> punctual.stream(REQUEST, _ -> {}))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT))
                .hasMessage("a said nothing for 1500 ms");
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_provider_that_does_not_heed_an_interrupt_is_left_and_not_heard_any_more() throws Exception {
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
        Collected heard = new Collected();

        PunctualProvider punctual = new PunctualProvider(stubborn, PATIENCE, _ -> onceCame(asked));

        assertThatThrownBy(() -> punctual.stream(REQUEST, heard)).isInstanceOf(ProviderException.class);
        given.countDown();

        assertThat(refused.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(heard.pieces()).isEmpty();
    }

    @Test
    void each_sign_of_life_gives_more_time_and_a_word_ends_the_watch() throws Exception {
        AtomicInteger waits = new AtomicInteger();
        FakeProvider slow = new FakeProvider("a", (_, sink) -> {
            sink.accept(new ModelPiece.Thinking("hm"));
            sink.accept(new ModelPiece.Thinking("hm"));
            sink.accept(new ModelPiece.Content("hi"));
            sink.accept(new ModelPiece.Content(" there"));
            sink.accept(new ModelPiece.Finished("stop", null));
        });
        PunctualProvider punctual = new PunctualProvider(slow, PATIENCE, signs -> {
            waits.incrementAndGet();
            return signs.tryAcquire(5, TimeUnit.SECONDS);
        });

        assertThat(Collected.from(punctual, REQUEST).pieces()).hasSize(5);
        assertThat(waits.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void one_that_was_alive_and_then_fell_silent_is_left() {
        FakeProvider hanging = new FakeProvider("a", (_, sink) -> {
            sink.accept(new ModelPiece.Thinking("hm"));
            new CountDownLatch(1).await();
        });
        AtomicInteger signsInTime = new AtomicInteger();
        PunctualProvider punctual = new PunctualProvider(
                hanging,
                PATIENCE,
                signs -> signsInTime.get() == 0
                        && signs.tryAcquire(5, TimeUnit.SECONDS)
                        && signsInTime.incrementAndGet() == 1);

        assertThatThrownBy(() -> punctual.stream(REQUEST, _ -> {})).isInstanceOf(ProviderException.class);
        assertThat(signsInTime.get()).isEqualTo(1);
    }

    @Test
    void a_word_in_the_very_last_moment_counts() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        Semaphore said = new Semaphore(0);
        FakeProvider provider = new FakeProvider("a", (_, sink) -> {
            waiting.await();
            sink.accept(new ModelPiece.Content("just so"));
            said.release();
        });
        PunctualProvider punctual = new PunctualProvider(provider, PATIENCE, _ -> {
            waiting.countDown();
            assertThat(said.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
            return false;
        });

        assertThat(Collected.from(punctual, REQUEST).text()).isEqualTo("just so");
    }

    @Test
    void an_interrupt_of_the_caller_ends_it_at_once_before_a_word_and_after_it() throws Exception {
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
                    new PunctualProvider(hanging, Duration.ofMinutes(5)).stream(REQUEST, _ -> {});
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
    void what_the_provider_or_the_sink_throws_comes_out() {
        IllegalStateException enough = new IllegalStateException("enough");
        FakeProvider failing = FakeProvider.failing("a", Kind.RATE_LIMITED);

        assertThatThrownBy(() -> new PunctualProvider(failing, PATIENCE).stream(REQUEST, _ -> {}))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.kind()).isEqualTo(Kind.RATE_LIMITED));
        assertThatThrownBy(() -> new PunctualProvider(FakeProvider.saying("a", "hi"), PATIENCE).stream(REQUEST, _ -> {
                    throw enough;
                }))
                .isSameAs(enough);
    }

    /** Time is up as soon as the provider was asked. */
    private static boolean onceCame(CountDownLatch asked) throws InterruptedException {
        assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
        return false;
    }

    private static void awaitWithoutInterrupt(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // this one does not listen
            }
        }
    }
}
