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
 * Tests that all dialects share. The bodies are written by hand from the documentation of each service, with the same situations for each
 * dialect. They do not show that a real service behaves like this.
 */
public abstract class DialectContract {

    /** The answer in {@code answer.txt}. */
    protected static final String TEXT = "Grüße ✓ 😀\n\n```java\nint x = 1;\n```\n\"quoted\" \\ and\ttabbed\n";

    /** The answer in {@code broken.txt} before the failure, and in {@code filtered.txt} before the refusal. */
    protected static final String PARTIAL = "Once upon";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Failures failures = new Failures("fake");

    protected abstract Dialect dialect();

    /** The folder of the bodies below {@code wire/}. */
    protected abstract String folder();

    /** The path of a call for the model {@code some-model}. */
    protected abstract String path();

    @Test
    void an_answer_is_read_exactly_wherever_its_bytes_are_split() throws Exception {
        for (InputStream body : CutInput.everyWay(bytes("answer.txt"))) {
            Collected answer = read(body);

            assertThat(answer.text()).isEqualTo(TEXT);
            assertThat(answer.thinking()).isEmpty();
            assertThat(answer.pieces().getLast()).isEqualTo(new ModelPiece.Finished("stop", new Usage(11, 7, 0)));
        }
    }

    @Test
    void an_answer_that_is_not_streamed_is_split_into_pieces_unchanged() throws Exception {
        for (InputStream body : CutInput.everyWay(bytes("whole.txt"))) {
            Collected answer = read(body);

            assertThat(answer.text()).isEqualTo(TEXT);
            assertThat(answer.contents()).hasSizeGreaterThan(8).allMatch(piece -> piece.length() < 20);
            assertThat(answer.pieces().getLast()).isEqualTo(new ModelPiece.Finished("stop", new Usage(11, 7, 0)));
        }
    }

    @Test
    void reasoning_is_separated_from_the_answer() throws Exception {
        for (InputStream body : CutInput.everyWay(bytes("reasoning.txt"))) {
            Collected answer = read(body);

            assertThat(answer.thinking()).isEqualTo("First I count.\nThen I add é.");
            assertThat(answer.text()).isEqualTo("It is 4.");
            assertThat(answer.pieces().getLast()).isEqualTo(new ModelPiece.Finished("stop", reasoningUsage()));
        }
    }

    @Test
    void an_answer_that_reached_the_token_limit_ends_with_length() throws Exception {
        assertThat(read("length.txt").pieces().getLast())
                .isInstanceOfSatisfying(
                        ModelPiece.Finished.class,
                        end -> assertThat(end.finishReason()).isEqualTo("length"));
    }

    @Test
    void an_error_within_an_answer_is_a_failure_after_the_pieces_before_it() {
        for (InputStream body : CutInput.everyWay(bytes("broken.txt"))) {
            assertFails(body, Kind.UNAVAILABLE, PARTIAL);
        }
    }

    @Test
    protected void a_refusal_of_the_text_has_its_own_kind() throws Exception {
        assertFails(new ByteArrayInputStream(bytes("filtered.txt")), Kind.CONTENT_FILTERED, PARTIAL);
    }

    @Test
    void no_failure_contains_text_of_the_service() {
        assertThatThrownBy(() -> read("broken.txt"))
                .hasMessageNotContaining("SECRET")
                .hasNoCause();
    }

    @Test
    void an_answer_without_an_end_is_incomplete() {
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
    void a_body_of_another_format_is_a_bad_response() {
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
    void a_connection_that_breaks_before_the_end_is_an_io_exception() {
        byte[] whole = bytes("answer.txt");
        byte[] start = Arrays.copyOf(whole, whole.length / 2);

        assertThatThrownBy(() -> read(CutInput.thenReset(start)))
                .isInstanceOf(IOException.class)
                .hasMessage("reset");
    }

    @Test
    void a_request_has_the_form_that_the_service_documents() {
        Call call = dialect().call(request("", true, 100));

        assertThat(call.path()).isEqualTo(path());
        assertThat(call.body()).isEqualTo(json("request.json"));
    }

    @Test
    void a_request_has_no_field_for_what_is_not_requested() {
        assertThat(dialect().call(request("", false, null)).body()).isEqualTo(json("request-plain.json"));
    }

    @Test
    void a_request_to_continue_has_the_text_so_far() {
        Call call = dialect().call(request("Half an ans", false, null));

        assertThat(call.body().toString()).contains("Half an ans");
        assertThat(call.body()).isNotEqualTo(json("request-plain.json"));
    }

    /** The tokens of the reasoning, which some services do not count separately. */
    protected Usage reasoningUsage() {
        return new Usage(12, 9, 5);
    }

    /** The number of bytes of {@code answer.txt} with which the answer is complete. */
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
