package dev.parley.providers.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.providers.AskedModel;
import dev.parley.providers.Collected;
import dev.parley.providers.FakeProvider;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.Price;
import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.breaker.Breaker;
import dev.parley.providers.price.Prices;
import dev.parley.service.logging.LoggedLines;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ChainProviderTest {

    private static final ModelRequest REQUEST = new ModelRequest("whatever", List.of(), "", false, null);
    private static final ModelRequest REASONING = new ModelRequest("whatever", List.of(), "", true, null);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final List<String> failed = new ArrayList<>();
    private final List<String> permits = new ArrayList<>();
    private final LoggedLines logged = new LoggedLines();

    @Test
    void the_first_provider_answers_with_its_own_model_and_no_other_is_asked() throws Exception {
        FakeProvider second = FakeProvider.saying("b", "never");
        FakeProvider first = FakeProvider.saying("a", "hi");

        Collected answer = Collected.from(chain(link(first, "a-1"), link(second, "b-1")), REQUEST);

        assertThat(answer.pieces())
                .containsExactly(
                        answering("a", "a-1"), new ModelPiece.Content("hi"), new ModelPiece.Finished("stop", null));
        assertThat(first.models()).containsExactly("a-1");
        assertThat(second.requests()).isEmpty();
        assertThat(permits).containsExactly("a answered", "a closed");
        assertThat(failed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = "CONTENT_FILTERED", mode = EnumSource.Mode.EXCLUDE)
    void the_next_provider_is_asked_if_one_fails_before_a_word(Kind kind) throws Exception {
        FakeProvider second = FakeProvider.saying("b", "hi");

        Collected answer =
                Collected.from(chain(link(FakeProvider.failing("a", kind), "a-1"), link(second, "b-1")), REQUEST);

        assertThat(answer.text()).isEqualTo("hi");
        assertThat(answer.pieces()).startsWith(answering("a", "a-1"), answering("b", "b-1"));
        assertThat(second.models()).containsExactly("b-1");
        assertThat(failed).containsExactly("a " + kind);
        assertThat(permits).containsExactly("a failed " + kind, "a closed", "b answered", "b closed");
    }

    @Test
    void a_text_that_one_service_refuses_is_not_sent_to_the_next() {
        FakeProvider second = FakeProvider.saying("b", "never");

        assertFails(
                chain(link(FakeProvider.failing("a", Kind.CONTENT_FILTERED), "a-1"), link(second, "b-1")),
                Kind.CONTENT_FILTERED);
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void no_other_provider_is_asked_after_a_word() {
        for (ModelPiece word : List.of(new ModelPiece.Content("hi"), new ModelPiece.Thinking("hm"))) {
            FakeProvider first = new FakeProvider("a", (_, sink) -> {
                sink.accept(word);
                throw new ProviderException(Kind.UNAVAILABLE, true, "a broke off");
            });
            FakeProvider second = FakeProvider.saying("b", "never");
            Collected partial = new Collected();

            assertThatThrownBy(() -> chain(link(first, "a-1"), link(second, "b-1")).stream(REASONING, partial))
                    .hasMessage("a broke off");
            assertThat(partial.pieces()).containsExactly(answering("a", "a-1"), word);
            assertThat(second.requests()).isEmpty();
        }
        assertThat(permits).startsWith("a answered", "a failed UNAVAILABLE", "a closed");
    }

    @Test
    void reasoning_that_was_not_requested_is_not_a_word() throws Exception {
        FakeProvider first = new FakeProvider("a", (_, sink) -> {
            sink.accept(new ModelPiece.Thinking("hm"));
            throw new ProviderException(Kind.UNAVAILABLE, true, "a broke off");
        });

        assertThat(Collected.from(chain(link(first, "a-1"), link(FakeProvider.saying("b", "hi"), "b-1")), REQUEST)
                        .text())
                .isEqualTo("hi");
    }

    @Test
    void an_answer_without_a_word_is_a_failure() throws Exception {
        FakeProvider empty = new FakeProvider("a", (_, sink) -> {
            sink.accept(new ModelPiece.Thinking("hm"));
            sink.accept(new ModelPiece.Finished("length", null));
        });

        assertThat(Collected.from(chain(link(empty, "a-1"), link(FakeProvider.saying("b", "hi"), "b-1")), REQUEST)
                        .pieces())
                .endsWith(new ModelPiece.Content("hi"), new ModelPiece.Finished("stop", null));
        assertThat(failed).containsExactly("a EMPTY_ANSWER");
        assertFails(chain(link(empty, "a-1")), Kind.EMPTY_ANSWER);
    }

    @Test
    void an_answer_that_is_continued_may_be_complete_already() throws Exception {
        FakeProvider provider = new FakeProvider("a", (_, sink) -> sink.accept(new ModelPiece.Finished("stop", null)));
        ModelRequest goOn = new ModelRequest("whatever", List.of(), "All said.", false, null);

        assertThat(Collected.from(chain(link(provider, "a-1"), link(FakeProvider.saying("b", "no"), "b-1")), goOn)
                        .pieces())
                .containsExactly(answering("a", "a-1"), new ModelPiece.Finished("stop", null));
    }

    @Test
    void a_provider_with_an_open_breaker_is_skipped_and_not_announced() throws Exception {
        FakeProvider broken = FakeProvider.saying("a", "never");
        ChainProvider chain = chain(open(broken, "a-1"), link(FakeProvider.saying("b", "hi"), "b-1"));

        assertThat(chain.name()).isEqualTo("b");
        assertThat(chain.model()).isEqualTo("b-1");
        assertThat(Collected.from(chain, REQUEST).pieces()).startsWith(answering("b", "b-1"));
        assertThat(broken.requests()).isEmpty();
    }

    @Test
    void if_all_breakers_are_open_the_first_provider_is_asked() throws Exception {
        FakeProvider second = FakeProvider.saying("b", "never");
        ChainProvider chain = chain(open(FakeProvider.saying("a", "back again"), "a-1"), open(second, "b-1"));

        assertThat(chain.name()).isEqualTo("a");
        assertThat(Collected.from(chain, REQUEST).text()).isEqualTo("back again");
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void a_silent_provider_is_abandoned_if_there_is_another() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        FakeProvider hanging = new FakeProvider("a", (_, _) -> {
            try {
                new CountDownLatch(1).await();
            } finally {
                left.countDown();
            }
        });
        ChainProvider chain = new ChainProvider(
                List.of(link(hanging, "a-1"), link(FakeProvider.saying("b", "hi"), "b-1")),
                Duration.ofMillis(20),
                Prices.NONE,
                observer());

        assertThat(Collected.from(chain, REQUEST).text()).isEqualTo("hi");
        assertThat(failed).containsExactly("a TIMEOUT");
        assertThat(permits).startsWith("a failed TIMEOUT", "a closed");
        assertThat(left.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void the_last_provider_has_no_limit_before_its_first_word() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        AtomicReference<Throwable> end = new AtomicReference<>();
        FakeProvider hanging = new FakeProvider("a", (_, _) -> {
            asked.countDown();
            new CountDownLatch(1).await();
        });
        ChainProvider chain = new ChainProvider(
                List.of(link(hanging, "a-1"), open(FakeProvider.saying("b", "never"), "b-1")),
                Duration.ofNanos(1),
                Prices.NONE,
                observer());
        Thread asking = Thread.ofVirtual().start(() -> {
            try {
                chain.stream(REQUEST, _ -> {});
            } catch (Exception e) {
                end.set(e);
            }
        });
        assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();

        asking.interrupt();

        assertThat(asking.join(Duration.ofSeconds(5))).isTrue();
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        assertThat(permits).containsExactly("a closed");
        assertThat(failed).isEmpty();
    }

    @Test
    void an_exception_of_the_sink_ends_the_chain_and_does_not_count_for_the_breaker() {
        IllegalStateException enough = new IllegalStateException("enough");
        FakeProvider second = FakeProvider.saying("b", "never");

        assertThatThrownBy(() ->
                        chain(link(FakeProvider.saying("a", "hi"), "a-1"), link(second, "b-1")).stream(REQUEST, _ -> {
                            throw enough;
                        }))
                .isSameAs(enough);
        assertThat(permits).containsExactly("a closed");
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void a_model_name_that_becomes_known_is_announced_before_the_first_word() throws Exception {
        AtomicReference<String> model = new AtomicReference<>("auto");
        FakeProvider provider = new FakeProvider("a", (_, sink) -> {
            model.set("llama");
            sink.accept(new ModelPiece.Content("hi"));
        });

        assertThat(Collected.from(chain(new Link(provider, model::get, new Recording("a"))), REQUEST)
                        .pieces())
                .containsExactly(answering("a", "auto"), answering("a", "llama"), new ModelPiece.Content("hi"));
    }

    @Test
    void the_announcement_has_the_price_of_the_model() throws Exception {
        ChainProvider chain = new ChainProvider(
                List.of(
                        link(FakeProvider.failing("a", Kind.REJECTED), "a-1"),
                        link(FakeProvider.saying("b", "hi"), "b-1")),
                LONG,
                Prices.read(List.of("b:b-*=1/2")),
                observer());

        assertThat(Collected.from(chain, REQUEST).pieces())
                .startsWith(
                        answering("a", "a-1"),
                        new ModelPiece.Asked(
                                new AskedModel("b", "b-1", new Price(new BigDecimal("1"), new BigDecimal("2")))));
    }

    @ParameterizedTest
    @CsvSource({
        "REJECTED, UNAVAILABLE, UNAVAILABLE",
        "UNAVAILABLE, RATE_LIMITED, UNAVAILABLE",
        "TOKEN_LIMIT, UNAUTHORIZED, TOKEN_LIMIT",
        "UNAUTHORIZED, TOKEN_LIMIT, TOKEN_LIMIT",
        "TOKEN_LIMIT, TIMEOUT, TIMEOUT",
        "UNAUTHORIZED, REJECTED, UNAUTHORIZED"
    })
    void if_all_fail_the_most_helpful_failure_is_thrown(Kind first, Kind second, Kind told) {
        assertFails(
                chain(link(FakeProvider.failing("a", first), "a-1"), link(FakeProvider.failing("b", second), "b-1")),
                told);
    }

    // ---- log lines

    @Test
    void failures_of_one_kind_are_one_line_a_minute_with_the_consequence() {
        ChainProvider chain = chain(
                link(failing("a", "a answered with status 503"), "a-1"),
                link(failing("b", "b answered with status 401"), "b-1"));
        for (int answer = 0; answer < 30; answer++) {
            assertFails(chain, Kind.UNAVAILABLE);
        }

        String first = "a answered with status 503; b is asked instead";
        String second = "b answered with status 401; no other provider can be asked, so the answer ends with an error";
        assertThat(logged.take()).containsExactly(first, second);
        logged.aMinutePasses();
        assertThat(logged.take())
                .containsExactlyInAnyOrder(
                        first + " (29 times in the last 60 s)", second + " (29 times in the last 60 s)");
        logged.aMinutePasses();
        assertThat(logged.take()).isEmpty();
    }

    @Test
    void another_status_is_another_kind() {
        List<Integer> statuses = List.of(503, 500);
        AtomicInteger asked = new AtomicInteger();
        ChainProvider chain = chain(link(
                new FakeProvider("a", (_, _) -> {
                    throw new ProviderException(
                            Kind.UNAVAILABLE, true, "a answered with status " + statuses.get(asked.getAndIncrement()));
                }),
                "a-1"));
        assertFails(chain, Kind.UNAVAILABLE);
        assertFails(chain, Kind.UNAVAILABLE);

        assertThat(logged.take())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .endsWith("; no other provider can be asked, so the answer ends with an error"));
    }

    @Test
    void the_line_names_the_consequence_after_a_word_a_refusal_or_open_breakers() {
        FakeProvider broken = new FakeProvider("a", (_, sink) -> {
            sink.accept(new ModelPiece.Content("hi"));
            throw new ProviderException(Kind.UNAVAILABLE, true, "a broke off");
        });
        assertFails(chain(link(broken, "a-1"), link(FakeProvider.saying("b", "never"), "b-1")), Kind.UNAVAILABLE);
        assertThat(logged.take()).containsExactly("a broke off; the answer had begun and ends with an error");

        assertFails(chain(link(FakeProvider.failing("a", Kind.CONTENT_FILTERED), "a-1")), Kind.CONTENT_FILTERED);
        assertThat(logged.take())
                .singleElement()
                .asString()
                .endsWith("; the answer ends with an error, and no other provider is asked");

        assertFails(chain(open(failing("a", "a answered with status 503"), "a-1")), Kind.UNAVAILABLE);
        assertThat(logged.take())
                .containsExactly("a answered with status 503; every provider has failed lately, so the answer ends"
                        + " with an error");
    }

    private static FakeProvider failing(String name, String message) {
        return new FakeProvider(name, (_, _) -> {
            throw new ProviderException(Kind.UNAVAILABLE, true, message);
        });
    }

    private ChainProvider chain(Link... links) {
        return new ChainProvider(List.of(links), LONG, Prices.NONE, observer(), logged.log());
    }

    private static void assertFails(ChainProvider chain, Kind kind) {
        assertThatThrownBy(() -> chain.stream(REQUEST, _ -> {}))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    private Link link(FakeProvider provider, String model) {
        return new Link(provider, () -> model, new Recording(provider.name()));
    }

    private static Link open(FakeProvider provider, String model) {
        return new Link(provider, () -> model, new Breaker() {
            @Override
            public Optional<Permit> tryAcquire() {
                return Optional.empty();
            }

            @Override
            public State state() {
                return State.OPEN;
            }
        });
    }

    private static ModelPiece answering(String provider, String model) {
        return new ModelPiece.Asked(new AskedModel(provider, model, null));
    }

    private ProviderObserver observer() {
        return new ProviderObserver() {
            @Override
            public void failed(String provider, Kind kind) {
                failed.add(provider + " " + kind);
            }

            @Override
            public void watch(String provider, Supplier<Breaker.State> breaker) {}
        };
    }

    /** Permits every call and records the outcomes. */
    private final class Recording implements Breaker, Breaker.Permit {

        private final String name;

        Recording(String name) {
            this.name = name;
        }

        @Override
        public Optional<Permit> tryAcquire() {
            return Optional.of(this);
        }

        @Override
        public State state() {
            return State.CLOSED;
        }

        @Override
        public void answered() {
            permits.add(name + " answered");
        }

        @Override
        public void failed(Kind kind) {
            permits.add(name + " failed " + kind);
        }

        @Override
        public void close() {
            permits.add(name + " closed");
        }
    }
}
