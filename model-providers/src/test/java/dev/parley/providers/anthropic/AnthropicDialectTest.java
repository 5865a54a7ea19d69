package dev.parley.providers.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.Usage;
import dev.parley.providers.http.Dialect;
import dev.parley.providers.http.DialectContract;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class AnthropicDialectTest extends DialectContract {

    @Override
    protected Dialect dialect() {
        return new AnthropicDialect(Optional.of("sk-ant-123"));
    }

    @Override
    protected String folder() {
        return "anthropic";
    }

    @Override
    protected String path() {
        return "/v1/messages";
    }

    @Override
    protected int endOfAnswer(byte[] answer) {
        return endOf(answer, "\"usage\":{\"output_tokens\":7}}");
    }

    /** Reasoning is part of the output tokens and has no count of its own. */
    @Override
    protected Usage reasoningUsage() {
        return new Usage(12, 9, 0);
    }

    @Test
    void the_key_and_the_version_are_headers() {
        assertThat(dialect().call(request("", false, null)).headers())
                .isEqualTo(Map.of("x-api-key", "sk-ant-123", "anthropic-version", "2023-06-01"));
    }

    @Test
    void the_user_asks_to_continue_because_newer_models_do_not_continue_an_answer() {
        JsonNode messages =
                dialect().call(request("Half an ans", false, null)).body().path("messages");

        assertThat(messages.get(3).toString()).isEqualTo("{\"role\":\"assistant\",\"content\":\"Half an ans\"}");
        assertThat(messages.get(4).path("role").stringValue()).isEqualTo("user");
    }

    @Test
    void the_last_token_counts_apply_and_include_cached_tokens() throws Exception {
        assertThat(read("usage.txt").pieces().getLast())
                .isEqualTo(new ModelPiece.Finished("stop", new Usage(11, 4, 0)));
    }

    @Test
    void a_service_may_report_no_token_counts() throws Exception {
        String events = """
                data: {"type":"message_start","message":{}}

                data: {"type":"content_block_delta","delta":{"text":"a"}}

                data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}

                """;

        assertThat(read(new ByteArrayInputStream(events.getBytes(UTF_8)))
                        .pieces()
                        .getLast())
                .isEqualTo(new ModelPiece.Finished("stop", null));
    }

    @Test
    void blank_messages_are_left_out_and_consecutive_ones_of_one_side_joined() {
        ModelRequest request = new ModelRequest(
                "m",
                List.of(ModelMessage.user("a"), ModelMessage.assistant(""), ModelMessage.user("b")),
                "",
                false,
                null);

        assertThat(dialect().call(request).body().path("messages").toString())
                .isEqualTo("[{\"role\":\"user\",\"content\":\"a\\n\\nb\"}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "claude-3-haiku-20240307 | 4096 | ",
                "claude-3-5-haiku-latest | 8192 | ",
                "claude-3-7-sonnet-20250219 | 8192 | {\"type\":\"enabled\",\"budget_tokens\":4096}",
                "claude-sonnet-4-20250514 | 32000 | {\"type\":\"enabled\",\"budget_tokens\":8000}",
                "claude-haiku-4-5-20251001 | 32000 | {\"type\":\"enabled\",\"budget_tokens\":8000}",
                "claude-sonnet-4-6 | 32000 | {\"type\":\"adaptive\",\"display\":\"summarized\"}",
                "claude-sonnet-5 | 32000 | {\"type\":\"adaptive\",\"display\":\"summarized\"}",
                "claude-sonnet-5-5 | 32000 | {\"type\":\"adaptive\",\"display\":\"summarized\"}",
                "claude-of-tomorrow | 32000 | {\"type\":\"adaptive\",\"display\":\"summarized\"}"
            })
    void token_limit_and_reasoning_depend_on_the_version_of_the_model(String model, int maxTokens, String thinking) {
        JsonNode body = dialect()
                .call(new ModelRequest(model, List.of(ModelMessage.user("a")), "", true, null))
                .body();

        assertThat(body.path("max_tokens").intValue()).isEqualTo(maxTokens);
        assertThat(body.has("thinking") ? body.path("thinking").toString() : null)
                .isEqualTo(thinking);
    }

    @ParameterizedTest
    @CsvSource({
        "overloaded_error, UNAVAILABLE",
        "api_error, UNAVAILABLE",
        "rate_limit_error, RATE_LIMITED",
        "timeout_error, TIMEOUT",
        "authentication_error, UNAUTHORIZED",
        "permission_error, REJECTED",
        "not_found_error, REJECTED",
        "invalid_request_error, REJECTED",
        "request_too_large, TOKEN_LIMIT"
    })
    void an_error_is_recognised_by_its_type(String type, Kind kind) {
        String event = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"" + type + "\"}}\n\n";

        assertFails(new ByteArrayInputStream(event.getBytes(UTF_8)), kind, "");
    }
}
