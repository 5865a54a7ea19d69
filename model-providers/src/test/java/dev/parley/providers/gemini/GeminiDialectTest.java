package dev.parley.providers.gemini;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.http.Call;
import dev.parley.providers.http.Dialect;
import dev.parley.providers.http.DialectContract;
import dev.parley.providers.wire.CutInput;
import dev.parley.providers.wire.LateInput;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class GeminiDialectTest extends DialectContract {

    @Override
    protected Dialect dialect() {
        return new GeminiDialect(Optional.of("AIza123"));
    }

    @Override
    protected String folder() {
        return "gemini";
    }

    @Override
    protected String path() {
        return "/models/some-model:streamGenerateContent?alt=sse";
    }

    /** The line feed of the last CRLF is not needed. */
    @Override
    protected int endOfAnswer(byte[] answer) {
        return answer.length - "\r\n\r\n".length();
    }

    @Test
    void the_key_is_a_header_and_not_in_the_url() {
        Call call = dialect().call(request("", false, null));

        assertThat(call.headers()).isEqualTo(Map.of("x-goog-api-key", "AIza123"));
        assertThat(call.path()).doesNotContain("AIza123");
    }

    @ParameterizedTest
    @CsvSource({
        "gemini-2.5-flash, /models/gemini-2.5-flash",
        "models/gemini-2.5-flash, /models/gemini-2.5-flash",
        "a/b:countTokens, /models/a%2Fb%3AcountTokens",
        "a@b+c, /models/a%40b%2Bc"
    })
    void a_models_name_stays_one_segment_of_the_path(String model, String path) {
        ModelRequest request = new ModelRequest(model, List.of(ModelMessage.user("a")), "", false, null);

        assertThat(dialect().call(request).path()).isEqualTo(path + ":streamGenerateContent?alt=sse");
    }

    @Test
    void the_user_asks_to_continue() {
        JsonNode contents =
                dialect().call(request("Half an ans", false, null)).body().path("contents");

        assertThat(contents.get(3).toString()).isEqualTo("{\"role\":\"model\",\"parts\":[{\"text\":\"Half an ans\"}]}");
        assertThat(contents.get(4).path("role").stringValue()).isEqualTo("user");
    }

    @Test
    void a_blocked_prompt_is_refused() {
        for (InputStream body : CutInput.everyWay(bytes("blocked.txt"))) {
            assertFails(body, Kind.CONTENT_FILTERED, "");
        }
    }

    @Test
    void an_error_has_the_delay_that_the_service_asks_for() {
        for (InputStream body : CutInput.everyWay(bytes("error.txt"))) {
            assertThatThrownBy(() -> read(body)).isInstanceOfSatisfying(ProviderException.class, e -> {
                assertThat(e.kind()).isEqualTo(Kind.RATE_LIMITED);
                assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(34_500));
                assertThat(e).hasMessageNotContaining("SECRET").hasNoCause();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"})
    void a_withheld_answer_is_refused(String reason) {
        assertFails(
                body("data: {\"candidates\":[{\"finishReason\":\"" + reason + "\"}]}\n\n"), Kind.CONTENT_FILTERED, "");
    }

    @Test
    void an_answer_as_an_array_is_read_as_its_chunks() throws Exception {
        assertThat(read(body(
                                "[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a \"}]}}]}\n,\r\n"
                                        + "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}]},\"finishReason\":\"STOP\"}]}]"))
                        .text())
                .isEqualTo("a b");
    }

    /** Each chunk may have a finish reason, so none is certain to be the last. */
    @Test
    void an_unreadable_chunk_is_not_the_end() {
        String chunk =
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]},\"finishReason\":\"STOP\"}]}\n\n";

        assertFails(body(chunk + "data: {\"cand\n\n" + chunk), Kind.BAD_RESPONSE, "a");
    }

    /** Longer than the second that other services have after the end. */
    @Test
    void an_answer_can_continue_after_a_chunk_with_an_end() throws Exception {
        String chunk =
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]},\"finishReason\":\"STOP\"}]}\n\n";

        assertThat(read(new SequenceInputStream(body(chunk), new LateInput(body(chunk), Duration.ofMillis(1_500))))
                        .text())
                .isEqualTo("aa");
    }

    @ParameterizedTest
    @CsvSource({"429, RESOURCE_EXHAUSTED, RATE_LIMITED", "500, INTERNAL, UNAVAILABLE", "400, INVALID_ARGUMENT, REJECTED"
    })
    void an_error_with_a_success_status_is_recognised_by_its_code(int code, String status, Kind kind) {
        String error = "{\"error\":{\"code\":" + code + ",\"status\":\"" + status + "\",\"message\":\"…\"}}";

        assertFails(body("data: " + error + "\n\n"), kind, "");
        assertFails(body(error), kind, "");
        assertFails(body("[" + error + "]"), kind, "");
    }

    private static ByteArrayInputStream body(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }
}
