package dev.parley.store.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.store.read.ConversationSummary;
import dev.parley.store.read.Page;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An export has one heading per message, and each text can be read back from it, whatever the texts contain. */
class MarkdownTextTest {

    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final int CONVERSATIONS = 2_000;
    private static final List<String> PIECES = List.of(
            "word ",
            "\n",
            "\n\n",
            "```",
            "```java\n",
            "~~~~\n",
            "# Title\n",
            "## User, 2026-01-01T00:00:00Z\n",
            "---\n",
            "===\n",
            "<!--",
            "<script>",
            "<pre>\n",
            "</div>",
            "> quoted\n",
            "- item\n",
            "    code\n",
            "\t# no",
            "[a]: http://b\n",
            "***\n",
            "\u202e",
            "\u2066",
            "\r",
            "\r\n",
            "`",
            "\\",
            "\u0000",
            "* * *\n",
            "  ## ",
            "|a|b|\n|-|-|\n",
            "😀");

    @Test
    void an_export_keeps_its_structure_whatever_is_in_the_texts() throws IOException {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < CONVERSATIONS; i++) {
            List<String> texts = new ArrayList<>();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                texts.add(text(random));
            }
            String title = text(random);

            String exported = exported(title, texts);

            List<String> outside =
                    exported.lines().filter(line -> !line.startsWith(">")).toList();
            assertThat(outside.getFirst()).startsWith("# ");
            assertThat(outside.stream().filter(line -> line.stripLeading().startsWith("#")))
                    .as(exported)
                    .hasSize(1 + texts.size());
            assertThat(outside.stream().skip(1))
                    .as(exported)
                    .noneMatch(line -> line.contains("<") || line.strip().matches("(`{3}|~{3}).*|=+|[-\\s]*-[-\\s]*"));
            assertThat(readBack(exported, texts.size()))
                    .isEqualTo(texts.stream()
                            .map(each -> each.replaceAll("\r\n|\r", "\n"))
                            .toList());
        }
    }

    @Test
    void a_plain_text_stands_as_it_is() {
        for (String plain : List.of("asked 0", "a - b\n- item\n\n1. one", "2 * 3 = 6", "#tag", "**bold** `code`")) {
            assertThat(MarkdownText.block(plain)).isEqualTo(plain);
        }
    }

    @Test
    void a_title_is_one_line_and_no_markup() {
        assertThat(MarkdownText.line("a\n# b\u202e <b>*x*</b>")).isEqualTo("a \\# b \\<b\\>\\*x\\*\\</b\\>");
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(8), 0, PIECES.size())
                .mapToObj(PIECES::get)
                .collect(Collectors.joining());
    }

    private static String exported(String title, List<String> texts) throws IOException {
        StringWriter out = new StringWriter();
        List<Map<String, Object>> messages = texts.stream()
                .<Map<String, Object>>map(text ->
                        Map.of("role", "user", "status", "complete", "created_at", AT.toString(), "content", text))
                .toList();
        new ConversationExport(
                        new ConversationSummary("s", title, AT, AT, texts.size()), (_, _) -> new Page<>(messages, null))
                .markdown(out);
        return out.toString();
    }

    /** The texts between the headings, without quotation marks. */
    private static List<String> readBack(String exported, int count) {
        String heading = "\n## User, " + AT + "\n\n";
        List<String> texts = new ArrayList<>();
        int at = exported.indexOf(heading);
        while (at >= 0) {
            int from = at + heading.length();
            int next = exported.indexOf(heading, from - 1);
            String block = exported.substring(from, (next < 0 ? exported.length() : next) - 1);
            texts.add(block.startsWith("> ") ? block.substring(2).replace("\n> ", "\n") : block);
            at = next;
        }
        assertThat(texts).hasSize(count);
        return texts;
    }
}
