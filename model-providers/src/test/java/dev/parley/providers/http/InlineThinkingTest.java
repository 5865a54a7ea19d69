package dev.parley.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.providers.Collected;
import dev.parley.providers.ModelPiece;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InlineThinkingTest {

    @Test
    void reasoning_at_the_beginning_is_separated_from_the_answer() {
        assertTold(
                "<think>\n2 < 3, so </thin> ice.\n</think>\n\n  It is 4.\n",
                "\n2 < 3, so </thin> ice.\n",
                "It is 4.\n");
        assertTold(" \n<think></think>4", "", "4");
        assertTold("<think>a</think><think>b</think>", "a", "<think>b</think>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"plain", "  \n plain", "<thin ice", "< think>", "so <think>no</think>", "", "<", "</think>x"})
    void tags_anywhere_else_are_text(String text) {
        assertTold(text, "", text);
    }

    @Test
    void reasoning_without_an_end_has_no_answer() {
        assertTold("<think>hm</thi", "hm</thi", "");
        assertTold("<think>hm</think>\n", "hm", "");
    }

    @Test
    void a_piece_that_cannot_be_a_tag_is_passed_on_at_once() {
        Collected told = new Collected();
        InlineThinking thinking = new InlineThinking(told);

        thinking.accept(new ModelPiece.Content("It "));
        assertThat(told.text()).isEqualTo("It ");
        thinking.accept(new ModelPiece.Content("<think"));
        assertThat(told.text()).isEqualTo("It <think");
    }

    @Test
    void reasoning_in_its_own_field_stays_reasoning() {
        Collected told = new Collected();
        InlineThinking thinking = new InlineThinking(told);

        thinking.accept(new ModelPiece.Thinking("<think>"));
        thinking.accept(new ModelPiece.Content("4"));

        assertThat(told.pieces()).containsExactly(new ModelPiece.Thinking("<think>"), new ModelPiece.Content("4"));
    }

    private static void assertTold(String text, String thinking, String answer) {
        for (int size = 1; size <= Math.max(1, text.length()); size++) {
            Collected told = new Collected();
            InlineThinking inline = new InlineThinking(told);
            for (int from = 0; from < text.length(); from += size) {
                inline.accept(new ModelPiece.Content(text.substring(from, Math.min(text.length(), from + size))));
            }
            inline.end();

            assertThat(told.thinking()).isEqualTo(thinking);
            assertThat(told.text()).isEqualTo(answer);
        }
    }
}
