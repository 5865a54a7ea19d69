package dev.parley.providers.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.providers.Collected;
import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.Usage;
import dev.parley.providers.wire.CutInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What every dialect does, on bodies written by hand after the service's documentation, one folder a dialect with the same
 * situations in each. It does not say that a real service behaves so.
 */
public abstract class DialectContract {

    /** What the model says in {@code answer.txt}. */
    protected static final String TEXT = "Grüße ✓ 😀\n\n```java\nint x = 1;\n```\n\"quoted\" \\ and\ttabbed\n";

    /** What it says in {@code broken.txt} before the service fails, and in {@code filtered.txt} before it refuses. */
    protected static final String PARTIAL = "Once upon";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Failures failures = new Failures("fake");

    protected abstract Dialect dialect();

    /** The folder of its bodies under {@code wire/}. */
    protected abstract String folder();

    /** The path of a call for the model {@code some-model}. */
    protected abstract String path();

    @Test
    void an_answer_is_read_to_the_character_wherever_its_bytes_are_cut() throws Exception {
        for (InputStream body : CutInput.everyWay(bytes("answer.txt"))) {
            Collected answer = read(body);

            assertThat(answer.text()).isEqualTo(TEXT);
            assertThat(answer.thinking()).isEmpty();
            assertThat(answer.pieces().getLast()).isEqualTo(new ModelPiece.Finished("stop", new Usage(11, 7, 0)));
        }
    }

    @Test
    void an_answer_that_is_not_streamed_is_cut_into_pieces_without_changing_a_character() throws Exception {
        for (InputStream body : CutInput.everyWay(bytes("whole.txt"))) {
            Collected answer = read(body);

            assertThat(answer.text()).isEqualTo(TEXT);
            assertThat(answer.contents()).hasSizeGreaterThan(8).allMatch(piece -> piece.length() < 20);
            assertThat(answer.pieces().getLast()).isEqualTo(new ModelPiece.Finished("stop", new Usage(11, 7, 0)));
        }
    }

    @Test
    void reasoning_is_told_from_the_answer() throws Exception {
        for (InputStream body : CutInput.everyWay(bytes("reasoning.txt"))) {
            Collected answer = read(body);

            assertThat(answer.thinking()).isEqualTo("First I count.\nThen I add é.");
            assertThat(answer.text()).isEqualTo("It is 4.");
            assertThat(answer.pieces().getLast()).isEqualTo(new ModelPiece.Finished("stop", reasoningUsage()));
        }
    }

    @Test
    void an_answer_that_the_model_had_no_room_to_end_says_so() throws Exception {
        assertThat(read("length.txt").pieces().getLast())
                .isInstanceOfSatisfying(
                        ModelPiece.Finished.class,
                        end -> assertThat(end.finishReason()).isEqualTo("length"));
    }

    @Test
    void an_error_inside_an_answer_is_a_failure_and_what_came_before_it_counts() {
        for (InputStream body : CutInput.everyWay(bytes("broken.txt"))) {
            assertFails(body, Kind.UNAVAILABLE, PARTIAL);
        }
    }

    @Test
    protected void a_refusal_of_the_text_is_a_failure_of_its_own() throws Exception {
        assertFails(new ByteArrayInputStream(bytes("filtered.txt")), Kind.CONTENT_FILTERED, PARTIAL);
    }

    @Test
    void no_failure_repeats_what_the_service_said() {
        assertThatThrownBy(() -> read("broken.txt"))
                .hasMessageNotContaining("SECRET")
                .hasNoCause();
    }

    @Test
    void an_answer_without_its_end_is_never_taken_for_a_whole_one() {
        byte[] whole = bytes("answer.txt");
        int end = endOfAnswer(whole);
        for (int length = 0; length < end; length++) {
            Collected partial = new Collected();
            try {
                dialect().read(new ByteArrayInputStream(whole, 0, length), partial, failures);
                fail("taken for whole after %s of %s bytes", length, whole.length);
            } catch (ProviderException e) {
                assertThat(e.kind()).isEqualTo(Kind.BAD_RESPONSE);
                assertThat(TEXT).startsWith(partial.text());
            } catch (IOException e) {
                fail("the body did not break off", e);
            }
        }
    }

    @Test
    void what_is_no_answer_is_a_bad_response() {
        for (String garbage : List.of(
                "",
                "\n\n",
                "<html><body>502</body></html>",
                "data: {\n\n",
                "{\"choices\":",
                "[]",
                "{}\n",
                "data: []\n\n")) {
            assertThatThrownBy(() -> read(new ByteArrayInputStream(garbage.getBytes(UTF_8))))
                    .as(garbage)
                    .isInstanceOfSatisfying(
                            ProviderException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RESPONSE));
        }
    }

    @Test
    void a_body_that_breaks_off_before_the_end_is_broken_io() {
        byte[] whole = bytes("answer.txt");
        byte[] start = Arrays.copyOf(whole, whole.length / 2);

        assertThatThrownBy(() -> read(CutInput.thenReset(start)))
                .isInstanceOf(IOException.class)
                .hasMessage("reset");
    }

    @Test
    void a_request_is_as_the_service_wants_it() {
        Call call = dialect().call(request("", true, 100));

        assertThat(call.path()).isEqualTo(path());
        assertThat(call.body()).isEqualTo(json("request.json"));
    }

    @Test
    void what_is_not_asked_for_is_not_in_the_request() {
        assertThat(dialect().call(request("", false, null)).body()).isEqualTo(json("request-plain.json"));
    }

    @Test
    void an_answer_is_asked_to_go_on_with_the_text_so_far() {
        Call call = dialect().call(request("Half an ans", false, null));

        assertThat(call.body().toString()).contains("Half an ans");
        assertThat(call.body()).isNotEqualTo(json("request-plain.json"));
    }

    /** What the reasoning cost: not every service counts it apart. */
    protected Usage reasoningUsage() {
        return new Usage(12, 9, 5);
    }

    /** How many bytes of {@code answer.txt} say that the answer is complete; what follows is not needed. */
    protected abstract int endOfAnswer(byte[] answer);

    protected Collected read(String name) throws IOException, ProviderException {
        return read(new ByteArrayInputStream(bytes(name)));
    }

    protected Collected read(InputStream body) throws IOException, ProviderException {
        Collected collected = new Collected();
        ModelPiece.Finished end = dialect().read(body, collected, failures);
        collected.accept(end);
        return collected;
    }

    protected void assertFails(InputStream body, Kind kind, String textBefore) {
        Collected partial = new Collected();
        assertThatThrownBy(() -> dialect().read(body, partial, failures))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.kind()).isEqualTo(kind));
        assertThat(partial.text()).isEqualTo(textBefore);
    }

    protected static int endOf(byte[] body, String text) {
        int at = new String(body, ISO_8859_1).indexOf(new String(text.getBytes(UTF_8), ISO_8859_1));
        assertThat(at).isNotNegative();
        return at + text.getBytes(UTF_8).length;
    }

    private JsonNode json(String name) {
        return JSON.readTree(bytes(name));
    }

    protected byte[] bytes(String name) {
        try (InputStream in = DialectContract.class.getResourceAsStream("/wire/" + folder() + "/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    protected static ModelRequest request(String answerSoFar, boolean reasoning, @Nullable Integer maxTokens) {
        return new ModelRequest(
                "some-model",
                List.of(
                        ModelMessage.system("Be short."),
                        ModelMessage.user("2 + 2?"),
                        ModelMessage.assistant("4."),
                        ModelMessage.user("And \"é\"?")),
                answerSoFar,
                reasoning,
                maxTokens);
    }
}
