package dev.parley.providers.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonLineReaderTest {

    private static final int MAX_LINE = 60;

    @Test
    void lines_are_the_same_wherever_the_bytes_are_split() throws IOException {
        assertLines(
                "{\"a\":\"é✓😀\"}\n\n  \r\n{\"b\":\r2}\r\n {\"c\":3}\n",
                "{\"a\":\"é✓😀\"}",
                "{\"b\":\r2}",
                "{\"c\":3}");
    }

    @Test
    void the_last_line_needs_no_line_end() throws IOException {
        assertLines("{\"a\":1}\n{\"done\":true}", "{\"a\":1}", "{\"done\":true}");
        assertLines("{\"a\":1}\n{\"do", "{\"a\":1}", "{\"do");
    }

    @Test
    void an_empty_body_has_no_lines() throws IOException {
        assertLines("");
        assertLines("\uFEFF");
        assertLines("\r\n\n ");
    }

    @Test
    void a_line_beyond_the_limit_is_refused() throws IOException {
        assertLines("x".repeat(MAX_LINE) + "\n", "x".repeat(MAX_LINE));
        assertThatThrownBy(() ->
                        read(new ByteArrayInputStream("x".repeat(MAX_LINE + 1).getBytes(UTF_8))))
                .isInstanceOf(WireLimitException.class)
                .hasMessage("a line in bytes is longer than 60");
    }

    private static void assertLines(String text, String... expected) throws IOException {
        for (InputStream body : CutInput.everyWay(text.getBytes(UTF_8))) {
            assertThat(read(body)).containsExactly(expected);
        }
    }

    private static List<String> read(InputStream body) throws IOException {
        JsonLineReader reader = new JsonLineReader(body, MAX_LINE);
        List<String> lines = new ArrayList<>();
        for (Optional<String> next = reader.next(); next.isPresent(); next = reader.next()) {
            lines.add(next.get());
        }
        assertThat(reader.next()).isEmpty();
        return lines;
    }
}
