package dev.parley.providers.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.providers.Collected;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.Provider;
import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.service.logging.LoggedLines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryingProviderTest {

    private static final ModelRequest REQUEST = new ModelRequest("m", List.of(), "", false, null);
    private static final ModelRequest REASONING = new ModelRequest("m", List.of(), "", true, null);
    private static final RetryPolicy POLICY = new RetryPolicy(4, Duration.ofMillis(100), Duration.ofMillis(300));

    private final List<Long> waits = new ArrayList<>();
    private final LoggedLines logged = new LoggedLines();
    private int attempts;

    @Test
    void a_temporary_failure_is_retried_after_increasing_delays() throws Exception {
        Provider provider = retrying(sink -> {
            if (attempts < 4) {
                throw failure(true, null);
            }
            sink.accept(new ModelPiece.Content("hi"));
        });

        assertThat(Collected.from(provider, REQUEST).text()).isEqualTo("hi");
        assertThat(waits).containsExactly(100L, 200L, 300L);
    }

    @Test
    void the_last_attempt_s_failure_is_thrown() {
        Provider provider = retrying(_ -> {
            throw failure(true, null);
        });

        assertThatThrownBy(() -> provider.stream(REQUEST, _ -> {})).isInstanceOf(ProviderException.class);
        assertThat(attempts).isEqualTo(4);
        assertThat(waits).hasSize(3);
    }

    @Test
    void a_permanent_failure_is_not_retried() {
        Provider provider = retrying(_ -> {
            throw failure(false, null);
        });

        assertThatThrownBy(() -> provider.stream(REQUEST, _ -> {})).isInstanceOf(ProviderException.class);
        assertThat(attempts).isEqualTo(1);
    }

    @Test
    void there_is_no_retry_after_the_first_word() {
        for (ModelPiece piece : List.of(new ModelPiece.Content("hi"), new ModelPiece.Thinking("hm"))) {
            attempts = 0;
            Collected partial = new Collected();
            Provider provider = retrying(sink -> {
                sink.accept(piece);
                throw failure(true, null);
            });

            assertThatThrownBy(() -> provider.stream(REASONING, partial)).isInstanceOf(ProviderException.class);
            assertThat(attempts).isEqualTo(1);
            assertThat(partial.pieces()).containsExactly(piece);
        }
    }

    @Test
    void there_is_a_retry_after_reasoning_that_was_not_requested() throws Exception {
        Provider provider = retrying(sink -> {
            sink.accept(new ModelPiece.Thinking("hm"));
            if (attempts < 3) {
                throw failure(true, null);
            }
        });

        provider.stream(REQUEST, _ -> {});

        assertThat(attempts).isEqualTo(3);
    }

    @Test
    void a_longer_delay_is_kept_if_the_service_asks_for_it_within_the_limit() throws Exception {
        Provider provider = retrying(sink -> {
            if (attempts == 1) {
                throw failure(true, Duration.ofMillis(300));
            }
            if (attempts == 2) {
                throw failure(true, Duration.ofMillis(1));
            }
        });

        provider.stream(REQUEST, _ -> {});

        assertThat(waits).containsExactly(300L, 200L);
    }

    @Test
    void there_is_no_retry_if_the_service_asks_for_more_than_the_limit() {
        Provider provider = retrying(_ -> {
            throw failure(true, Duration.ofMillis(301));
        });

        assertThatThrownBy(() -> provider.stream(REQUEST, _ -> {})).isInstanceOf(ProviderException.class);
        assertThat(waits).isEmpty();
    }

    @Test
    void an_interrupt_ends_the_delay() {
        Provider provider = new RetryingProvider(
                new Failing(_ -> {
                    throw failure(true, null);
                }),
                POLICY,
                _ -> {
                    throw new InterruptedException();
                },
                () -> 0,
                logged.log());

        assertThatThrownBy(() -> provider.stream(REQUEST, _ -> {})).isInstanceOf(InterruptedException.class);
        assertThat(attempts).isEqualTo(1);
    }

    @Test
    void retries_are_one_log_line_a_minute_with_the_provider_and_the_delay() {
        Provider provider = retrying(_ -> {
            throw failure(true, null);
        });
        for (int answer = 0; answer < 20; answer++) {
            assertThatThrownBy(() -> provider.stream(REQUEST, _ -> {})).isInstanceOf(ProviderException.class);
        }

        assertThat(logged.take()).containsExactly("fake is away; it is asked again, attempt 2 of 4, in 100 ms");
        logged.aMinutePasses();
        assertThat(logged.take())
                .containsExactly(
                        "fake is away; it is asked again, attempt 4 of 4, in 300 ms (59 times in the last 60 s)");
        logged.aMinutePasses();
        assertThat(logged.take()).isEmpty();
    }

    @Test
    void a_failure_without_a_retry_is_not_logged() {
        Provider provider = retrying(_ -> {
            throw failure(false, null);
        });

        assertThatThrownBy(() -> provider.stream(REQUEST, _ -> {})).isInstanceOf(ProviderException.class);

        assertThat(logged.take()).isEmpty();
    }

    @Test
    void randomness_shortens_a_delay_by_at_most_half() {
        assertThat(POLICY.delayAfter(1, 0)).isEqualTo(Duration.ofMillis(100));
        assertThat(POLICY.delayAfter(1, 1)).isEqualTo(Duration.ofMillis(50));
        assertThat(POLICY.delayAfter(1_000, 0)).isEqualTo(Duration.ofMillis(300));
    }

    private Provider retrying(Attempt attempt) {
        return new RetryingProvider(
                new Failing(attempt), POLICY, wait -> waits.add(wait.toMillis()), () -> 0, logged.log());
    }

    private static ProviderException failure(boolean retryable, @Nullable Duration retryAfter) {
        return new ProviderException(Kind.UNAVAILABLE, retryable, retryAfter, "fake is away", null);
    }

    private interface Attempt {
        void run(Consumer<ModelPiece> sink) throws ProviderException;
    }

    private final class Failing implements Provider {

        private final Attempt attempt;

        Failing(Attempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException {
            attempts++;
            attempt.run(sink);
        }
    }
}
