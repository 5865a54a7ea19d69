package dev.parley.providers.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptedTextTest {

    /** Computed with the JavaScript function in the class comment, because clients implement it in their own language. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0:00000000",
        "0, 1, 1:64625032",
        "7, 0, 0:eb7171ff",
        "7, 15, 15:cf7e2846 é✓😀",
        "7, 99999, 99999:58dce38e é✓😀",
        "-1, 3, 3:4da2a8ce",
        "4294967295, 3, 3:4da2a8ce",
        "1764000000123, 42, 42:2a5442a4"
    })
    void the_text_is_that_of_the_documented_function(long seed, int number, String expected) {
        assertThat(ScriptedText.chunk(seed, number)).isEqualTo(expected + (number % 16 == 15 ? "\n" : " "));
    }

    @Test
    void each_sixteenth_chunk_ends_a_line_with_characters_of_two_to_four_bytes() {
        assertThat(ScriptedText.chunk(7, 15)).endsWith(" é✓😀\n");
        assertThat(ScriptedText.text(7, 15)).doesNotContain("\n");
    }

    @Test
    void a_text_consists_of_its_chunks() {
        assertThat(ScriptedText.text(3, 0)).isEmpty();
        assertThat(ScriptedText.text(3, 2)).isEqualTo(ScriptedText.chunk(3, 0) + ScriptedText.chunk(3, 1));
    }
}
