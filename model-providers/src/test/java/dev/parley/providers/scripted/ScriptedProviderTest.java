package dev.parley.providers.scripted;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parley.providers.Collected;
import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException;
import dev.parley.providers.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptedProviderTest {

    private static final long MILLI = 1_000_000;

    private final ManualPace pace = new ManualPace(0);
    private final ScriptedProvider provider = new ScriptedProvider(pace);

    @Test
    void a_script_is_sent_chunk_by_chunk() throws Exception {
        Collected answer = answer("/script {\"chunks\":20,\"seed\":7}");

        assertThat(answer.contents())
                .isEqualTo(IntStream.range(0, 20)
                        .mapToObj(number -> ScriptedText.chunk(7, number))
                        .toList());
        assertThat(answer.pieces().getLast()).isEqualTo(new ModelPiece.Finished("stop", new Usage(7, 20, 0)));
    }

    @Test
    void all_fields_have_defaults() throws Exception {
        long before = pace.nanoTime();

        assertThat(answer("/script {}").text()).isEqualTo(ScriptedText.text(0, 100));
        assertThat(pace.nanoTime() - before).isEqualTo(99 * 25 * MILLI);
    }

    @Test
    void a_script_can_ask_for_an_empty_answer() throws Exception {
        assertThat(answer("/script {\"chunks\":0}").pieces())
                .containsExactly(new ModelPiece.Finished("stop", new Usage(5, 0, 0)));
    }

    @Test
    void only_the_last_message_counts() throws Exception {
        Collected answer = Collected.from(
                provider,
                request(
                        List.of(
                                ModelMessage.system("/script {\"seed\":1}"),
                                ModelMessage.user("/script {\"seed\":2}"),
                                ModelMessage.assistant("/script {\"seed\":3}"),
                                ModelMessage.user("/script {\"seed\":4,\"chunks\":3}")),
                        "",
                        false));

        assertThat(answer.text()).isEqualTo(ScriptedText.text(4, 3));
    }

    @Test
    void steps_of_reasoning_come_first_and_only_if_requested() throws Exception {
        List<ModelMessage> messages = List.of(ModelMessage.user("/script {\"chunks\":1,\"thinking\":2,\"seed\":9}"));

        assertThat(Collected.from(provider, request(messages, "", true)).pieces())
                .containsExactly(
                        new ModelPiece.Thinking(ScriptedText.thinking(9, 1) + "\n\n"),
                        new ModelPiece.Thinking(ScriptedText.thinking(9, 2) + "\n\n"),
                        new ModelPiece.Content(ScriptedText.chunk(9, 0)),
                        new ModelPiece.Finished("stop", new Usage(10, 3, 2)));
        assertThat(Collected.from(provider, request(messages, "", false)).thinking())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/script {\"chunks\":20,\"seed\":5,\"thinking\":3}", "How do I sort a list in Python?"})
    void an_answer_can_be_continued_after_any_character(String message) throws Exception {
        List<ModelMessage> messages = List.of(ModelMessage.user(message));
        String whole = Collected.from(provider, request(messages, "", true)).text();

        for (int said = 1; said <= whole.length(); said++) {
            Collected rest = Collected.from(provider, request(messages, whole.substring(0, said), true));

            assertThat(rest.text()).isEqualTo(whole.substring(said));
            assertThat(rest.thinking()).isEmpty();
            assertThat(rest.contents()).doesNotContain("");
        }
    }

    @Test
    void a_late_chunk_does_not_delay_the_next() throws Exception {
        ManualPace sluggish = new ManualPace(7 * MILLI);
        long start = sluggish.nanoTime();
        List<Long> times = new ArrayList<>();

        new ScriptedProvider(sluggish)
                .stream(
                        request("/script {\"chunks\":500,\"rate\":50,\"first_delay_ms\":300}"),
                        _ -> times.add(sluggish.nanoTime() - start));

        assertThat(times.getFirst()).isEqualTo(307 * MILLI);
        for (int number = 0; number < 500; number++) {
            assertThat(times.get(number)).isCloseTo((300 + 20L * number) * MILLI, within(7 * MILLI));
        }
    }

    @Test
    void a_script_can_fail_at_a_chunk_each_time() {
        for (String said : List.of("", ScriptedText.text(0, 3), ScriptedText.text(0, 4))) {
            Collected partial = new Collected();
            ModelRequest request =
                    request(List.of(ModelMessage.user("/script {\"chunks\":9,\"fail_at\":4}")), said, false);

            assertThatThrownBy(() -> provider.stream(request, partial))
                    .isInstanceOfSatisfying(
                            ProviderException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ProviderException.Kind.UNAVAILABLE));
            assertThat(said + partial.text()).isEqualTo(ScriptedText.text(0, 4));
        }
    }

    @Test
    void a_script_can_hang_at_a_chunk_until_it_is_interrupted() {
        Collected partial = new Collected();

        assertThatThrownBy(() -> provider.stream(request("/script {\"chunks\":9,\"hang_at\":4}"), partial))
                .isInstanceOf(InterruptedException.class);
        assertThat(partial.pieces()).hasSize(4);
        assertThat(partial.text()).isEqualTo(ScriptedText.text(0, 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/script {\"first_delay_ms\":600000}",
                "/script {\"hang_at\":0}",
                "/script {\"rate\":0.01}",
                "/script {\"chunks\":100000,\"rate\":100000}"
            })
    void an_interrupt_ends_every_wait_at_once(String message) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread stream = Thread.ofVirtual().start(() -> {
            running.countDown();
            try {
                new ScriptedProvider().stream(request(message), _ -> {});
            } catch (Exception e) {
                end.set(e);
            }
        });
        assertThat(running.await(5, TimeUnit.SECONDS)).isTrue();

        stream.interrupt();

        assertThat(stream.join(Duration.ofMillis(500))).isTrue();
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/script ",
                "/script chunks",
                "/script []",
                "/script {\"chunks\":\"many\"}",
                "/script {\"chunks\":-1}",
                "/script {\"chunks\":100001}",
                "/script {\"chunks\":1.5}",
                "/script {\"rate\":0}",
                "/script {\"rate\":1e9}",
                "/script {\"first_delay_ms\":600001}",
                "/script {\"seed\":1e30}",
                "/script {\"failAt\":3}",
                "/script {\"chunks\":1,\"chunks\":2}",
                "/script {} more"
            })
    void an_invalid_script_is_answered_with_an_explanation(String message) throws Exception {
        Collected answer = answer(message);

        assertThat(answer.text()).startsWith("That script cannot be used: ").contains("/script {\"chunks\": 200");
        assertThat(answer.pieces().getLast()).isInstanceOf(ModelPiece.Finished.class);
    }

    @Test
    void the_explanation_names_the_problem_of_a_script() throws Exception {
        assertThat(answer("/script {\"rate\":0}").text()).contains("rate is out of bounds");
        assertThat(answer("/script {\"chunks\":\"many\"}").text()).contains("chunks: missing or of the wrong type");
        assertThat(answer("/script {\"failAt\":3}").text())
                .contains("unknown field beside chunks, fail_at, first_delay_ms, hang_at, rate, seed, thinking");
    }

    @Test
    void an_ordinary_message_gets_markdown_that_explains_how_to_set_up_a_real_model() throws Exception {
        String answer = answer("What is Kafka?").text();

        assertThat(answer)
                .startsWith("## This is the scripted model\n\n> What is Kafka?\n")
                .contains("\n1. ", "\n- ", "\n| `OPENAI_API_KEY` |", "Ollama")
                .containsPattern("(?s)\n```[a-z]+\n.+\n```\n");
    }

    @Test
    void the_same_message_always_gets_the_same_answer_and_others_another() throws Exception {
        assertThat(answer("one").text()).isEqualTo(answer("one").text());
        assertThat(IntStream.range(0, 20).mapToObj(this::textAboutNumber).distinct())
                .hasSizeGreaterThan(10);
    }

    @Test
    void the_code_sample_is_in_the_language_that_the_message_names() throws Exception {
        assertThat(answer("Show me some SQL!").text()).contains("\n```sql\nselect ");
        assertThat(answer("in golang, please").text()).contains("\n```go\nfunc ");
    }

    @Test
    void a_message_cannot_add_markup_to_its_answer() throws Exception {
        for (String message : List.of(
                "",
                "```\n# <script>alert(1)</script> [x](javascript:y) ![z](//evil)",
                "😀".repeat(200),
                "x" + "😀".repeat(200))) {
            String answer = answer(message).text();
            String quote = answer.lines()
                    .filter(line -> line.startsWith("> "))
                    .findFirst()
                    .orElseThrow();

            assertThat(quote.substring(2))
                    .doesNotContain("`", "#", "<", ">", "[", "]")
                    .hasSizeBetween(1, 121);
            assertThat(new String(quote.getBytes(UTF_8), UTF_8)).isEqualTo(quote);
            assertThat(answer.split("\n```", -1)).hasSize(3);
        }
    }

    @Test
    void reasoning_is_sent_if_it_is_requested() throws Exception {
        ModelRequest request = request(List.of(ModelMessage.user("hi")), "", true);

        assertThat(Collected.from(provider, request).thinking()).startsWith("The message is \"hi\".");
    }

    private String textAboutNumber(int number) {
        try {
            return answer("about " + number).text().replace("about " + number, "");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Collected answer(String message) throws ProviderException, InterruptedException {
        return Collected.from(provider, request(message));
    }

    private static ModelRequest request(String message) {
        return request(List.of(ModelMessage.user(message)), "", false);
    }

    private static ModelRequest request(List<ModelMessage> messages, String answerSoFar, boolean reasoning) {
        return new ModelRequest(ScriptedProvider.MODEL, messages, answerSoFar, reasoning, null);
    }
}
