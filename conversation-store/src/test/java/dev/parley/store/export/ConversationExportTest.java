package dev.parley.store.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.schema.json.FrameCodec;
import dev.parley.store.read.ConversationSummary;
import dev.parley.store.read.Cursor;
import dev.parley.store.read.Page;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ConversationExportTest {

    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    private final StringWriter out = new StringWriter();
    private final List<Integer> writtenBefore = new ArrayList<>();
    private int failAt = Integer.MAX_VALUE;

    private final ConversationExport export =
            new ConversationExport(new ConversationSummary("s", "a\nb", AT, AT, 3), this::page);

    /** Three pages of a message each. */
    private Page<Map<String, Object>> page(@Nullable Cursor last, int limit) {
        int number = last == null ? 0 : (int) last.position();
        if (number == failAt) {
            throw new IllegalStateException("the store is gone");
        }
        writtenBefore.add(out.getBuffer().length());
        return new Page<>(
                List.of(Map.of("role", "assistant", "status", "complete", "content", "answer " + number)),
                number == 2 ? null : new Cursor(number + 1, "0").text());
    }

    @Test
    void a_page_is_read_when_the_one_before_it_is_written() throws IOException {
        export.json(out);

        JsonNode json = FrameCodec.mapper().readTree(out.toString());
        assertThat(json.path("title").asString()).isEqualTo("a\nb");
        assertThat(json.path("messages")
                        .valueStream()
                        .map(each -> each.path("content").asString()))
                .containsExactly("answer 0", "answer 1", "answer 2");
        assertThat(writtenBefore).hasSize(3);
        assertThat(out.toString().substring(0, writtenBefore.get(1)))
                .contains("answer 0")
                .doesNotContain("answer 1");
        assertThat(out.toString().substring(0, writtenBefore.get(2)))
                .contains("answer 1")
                .doesNotContain("answer 2");
    }

    @Test
    void markdown_is_written_page_by_page_too() throws IOException {
        export.markdown(out);

        assertThat(out.toString()).startsWith("# a b\n").contains("answer 0", "answer 1", "answer 2");
        assertThat(out.toString().substring(0, writtenBefore.get(2)))
                .contains("answer 1")
                .doesNotContain("answer 2");
    }

    @Test
    void a_conversation_without_messages_is_json_too() throws IOException {
        new ConversationExport(new ConversationSummary("s", "", AT, AT, 0), (_, _) -> Page.empty()).json(out);

        assertThat(FrameCodec.mapper().readTree(out.toString()).path("messages").isArray())
                .isTrue();
    }

    @Test
    void an_interrupted_export_is_not_closed() {
        failAt = 2;

        assertThatThrownBy(() -> export.json(out)).hasMessage("the store is gone");
        assertThat(out.toString()).contains("answer 1").doesNotContain("]");
    }
}
