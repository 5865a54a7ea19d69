package dev.parley.providers.ollama;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.providers.Collected;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.Usage;
import dev.parley.providers.http.Dialect;
import dev.parley.providers.http.DialectContract;
import dev.parley.providers.wire.CutInput;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OllamaDialectTest extends DialectContract {

    @Override
    protected Dialect dialect() {
        return new OllamaDialect();
    }

    @Override
    protected String folder() {
        return "ollama";
    }

    @Override
    protected String path() {
        return "/api/chat";
    }

    /** The last line needs no line feed. */
    @Override
    protected int endOfAnswer(byte[] answer) {
        return answer.length - 1;
    }

    /** Reasoning is part of the evaluated tokens and has no count of its own. */
    @Override
    protected Usage reasoningUsage() {
        return new Usage(12, 9, 0);
    }

    /** Local models refuse in their own words, if at all. */
    @Test
    @Override
    protected void a_refusal_of_the_text_has_its_own_kind() throws Exception {
        String body = "{\"message\":{\"content\":\"I cannot.\"},\"done\":true,\"done_reason\":\"stop\"}";

        assertThat(read(new ByteArrayInputStream(body.getBytes(UTF_8))).text()).isEqualTo("I cannot.");
    }

    @Test
    void the_text_so_far_is_the_last_message() {
        JsonNode messages =
                dialect().call(request("Half an ans", false, null)).body().path("messages");

        assertThat(messages.get(4).toString()).isEqualTo("{\"role\":\"assistant\",\"content\":\"Half an ans\"}");
    }

    @Test
    void a_body_that_ends_without_done_is_incomplete() {
        for (InputStream body : CutInput.everyWay(bytes("unfinished.txt"))) {
            assertFails(body, Kind.BAD_RESPONSE, PARTIAL);
        }
    }

    @Test
    void reasoning_within_the_content_is_separated_from_the_answer() throws Exception {
        String body = "{\"message\":{\"content\":\"<think>hm</think>\\n\\n4\"},\"done\":true}\n";
        Collected answer = read(new ByteArrayInputStream(body.getBytes(UTF_8)));

        assertThat(answer.thinking()).isEqualTo("hm");
        assertThat(answer.text()).isEqualTo("4");
    }

    @Test
    void text_after_the_last_line_is_ignored() throws Exception {
        String body = "{\"message\":{\"content\":\"a\"},\"done\":true}\nnonsense\n";

        assertThat(read(new ByteArrayInputStream(body.getBytes(UTF_8))).pieces().getLast())
                .isEqualTo(new ModelPiece.Finished("stop", null));
    }
}
