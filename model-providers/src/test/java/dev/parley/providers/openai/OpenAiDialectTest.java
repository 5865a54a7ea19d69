package dev.parley.providers.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.providers.Collected;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.Usage;
import dev.parley.providers.http.Dialect;
import dev.parley.providers.http.DialectContract;
import dev.parley.providers.wire.CutInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class OpenAiDialectTest extends DialectContract {

    @Override
    protected Dialect dialect() {
        return OpenAiDialect.ofOpenAi(Optional.of("sk-123"));
    }

    @Override
    protected String folder() {
        return "openai";
    }

    @Override
    protected String path() {
        return "/chat/completions";
    }

    @Override
    protected int endOfAnswer(byte[] answer) {
        return endOf(answer, "\"finish_reason\":\"stop\"}]}");
    }

    @Test
    void the_key_is_a_bearer_token_and_without_a_key_there_is_no_header() {
        assertThat(dialect().call(request("", false, null)).headers())
                .isEqualTo(Map.of("Authorization", "Bearer sk-123"));
        assertThat(OpenAiDialect.compatible(Optional.empty())
                        .call(request("", false, null))
                        .headers())
                .isEmpty();
    }

    @Test
    void compatible_servers_get_the_token_limit_by_its_older_name() {
        JsonNode body = OpenAiDialect.compatible(Optional.empty())
                .call(request("", false, 100))
                .body();

        assertThat(body.path("max_tokens").intValue()).isEqualTo(100);
        assertThat(body.has("max_completion_tokens")).isFalse();
    }

    @Test
    void the_text_so_far_is_the_last_message_after_the_user_s() {
        JsonNode messages =
                dialect().call(request("Half an ans", false, null)).body().path("messages");

        assertThat(messages.size()).isEqualTo(5);
        assertThat(messages.get(0).path("role").stringValue()).isEqualTo("system");
        assertThat(messages.get(0).path("content").stringValue()).startsWith("Be short.\n\n");
        assertThat(messages.get(3).path("content").stringValue()).isEqualTo("And \"é\"?");
        assertThat(messages.get(4).path("role").stringValue()).isEqualTo("assistant");
        assertThat(messages.get(4).path("content").stringValue()).isEqualTo("Half an ans");
    }

    @Test
    void groq_s_usage_applies_if_there_is_no_other() throws Exception {
        for (InputStream body : CutInput.everyWay(bytes("groq.txt"))) {
            Collected answer = read(body);

            assertThat(answer.text()).isEqualTo("It is 4.");
            assertThat(answer.thinking()).isEqualTo("Easy.");
            assertThat(answer.pieces().getLast()).isEqualTo(new ModelPiece.Finished("stop", new Usage(12, 9, 5)));
        }
    }

    @ParameterizedTest
    @CsvSource({"groq-error.txt, UNAVAILABLE", "groq-error-event.txt, RATE_LIMITED", "error-object.txt, UNAVAILABLE"})
    void an_error_is_found_in_each_of_its_places(String body, Kind kind) {
        for (InputStream cut : CutInput.everyWay(bytes(body))) {
            assertFails(cut, kind, PARTIAL);
        }
    }

    @Test
    void a_field_that_some_services_reject_is_optional() {
        assertThat(dialect().optionalFields()).containsExactly("stream_options");
        assertThat(dialect().call(request("", false, null)).body().has("stream_options"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "429, , RATE_LIMITED",
        "503, , UNAVAILABLE",
        "401, , UNAUTHORIZED",
        "403, , REJECTED",
        ", invalid_api_key, UNAUTHORIZED",
        ", rate_limit_exceeded, RATE_LIMITED",
        ", context_length_exceeded, TOKEN_LIMIT",
        ", content_filter, CONTENT_FILTERED",
        ", invalid_request_error, REJECTED",
        ", server_error, UNAVAILABLE",
        ", , UNAVAILABLE"
    })
    void an_error_within_an_answer_is_recognised_by_its_code_or_type(Integer code, String type, Kind kind) {
        String error = "{\"code\":%s,\"type\":%s,\"message\":\"…\"}"
                .formatted(code, type == null ? "null" : "\"" + type + "\"");

        assertFails(stream("data: {\"error\":" + error + "}\n\n"), kind, "");
    }

    @Test
    void the_end_mark_alone_ends_an_answer() throws Exception {
        Collected answer = read("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n");

        assertThat(answer.text()).isEqualTo("a");
        assertThat(answer.pieces().getLast()).isEqualTo(new ModelPiece.Finished("stop", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[DONE] ", "  [DONE]", "<html>", "{\"choices\":[", "bye", "{\"error\":{\"message\":\"late\"}}"})
    void nothing_after_the_end_changes_the_answer(String last) throws Exception {
        Collected answer =
                read("data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"length\"}]}\n\ndata: "
                        + last + "\n\n");

        assertThat(answer.text()).isEqualTo("a");
        assertThat(answer.pieces().getLast()).isEqualTo(new ModelPiece.Finished("length", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r"})
    void the_last_event_needs_no_blank_line(String end) throws Exception {
        String said = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
        String finish = "data: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}";

        assertThat(read(said + finish + end).text()).isEqualTo("ab");
        assertThat(read(said + "data: [DONE]" + end).text()).isEqualTo("a");
    }

    @Test
    void an_answer_stays_complete_if_the_connection_breaks_after_it() throws Exception {
        byte[] whole =
                "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n".getBytes(UTF_8);

        assertThat(read(CutInput.thenReset(whole)).text()).isEqualTo("a");
    }

    @Test
    void a_response_that_is_not_streamed_is_split_into_chunks_unchanged() throws Exception {
        Collected answer = read("""

                {"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant",
                "reasoning_content":"I count slowly.","content":"  Grüße,\\n\\n\\t```java\\nint x = 1; // 😀😀😀😀😀😀😀😀😀😀😀😀😀😀\\n```\\n  "},
                "finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7}}
                """);

        assertThat(answer.text())
                .isEqualTo("  Grüße,\n\n\t```java\nint x = 1; // 😀😀😀😀😀😀😀😀😀😀😀😀😀😀\n```\n  ");
        assertThat(answer.contents()).hasSizeGreaterThan(8);
        assertThat(answer.thinking()).isEqualTo("I count slowly.");
        assertThat(answer.pieces().getLast()).isEqualTo(new ModelPiece.Finished("stop", new Usage(11, 7, 0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"SECRET\",\"type\":\"server_error\"}}",
                "{\"error\":\"SECRET\"}",
                "{\"error\":{\"code\":500}}"
            })
    void an_error_object_in_place_of_an_answer_is_a_failure(String body) {
        assertFails(stream(body), Kind.UNAVAILABLE, "");
    }

    @Test
    void reasoning_within_the_content_is_separated_from_the_answer() throws Exception {
        for (InputStream body : CutInput.everyWay(bytes("inline.txt"))) {
            Collected answer = read(body);

            assertThat(answer.thinking()).isEqualTo("\nFirst I count.\nThen I add é.");
            assertThat(answer.text()).isEqualTo("It is 4. </think> is a mark.");
        }
    }

    @Test
    void content_in_parts_has_the_text_of_its_parts() throws Exception {
        Collected answer = read("""
                data: {"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}}]}

                data: {"choices":[{"delta":{"content":[{"type":"text","text":"It is "},{"type":"text","text":"4."},{"type":"new"}]}}]}

                data: [DONE]

                """);

        assertThat(answer.thinking()).isEqualTo("hm");
        assertThat(answer.text()).isEqualTo("It is 4.");
    }

    @Test
    void a_refusal_in_the_model_s_own_words_is_the_answer() throws Exception {
        assertThat(
                        read("data: {\"choices\":[{\"delta\":{\"content\":null,\"refusal\":\"I cannot.\"}}]}\n\ndata: [DONE]\n\n")
                                .text())
                .isEqualTo("I cannot.");
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    @Override
    protected Collected read(String nameOrBody) throws IOException, ProviderException {
        return nameOrBody.endsWith(".txt") ? super.read(nameOrBody) : read(stream(nameOrBody));
    }
}
