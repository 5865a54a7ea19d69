package dev.parley.gateway.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8FragmentsTest {

    private static final String[] CHARACTERS = {"a", "é", "✓", "😀"};

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_383, 16_384, 16_385, 40_000, 100_000})
    void fragments_are_bounded_split_no_character_and_make_up_the_text(int characters) {
        Random dice = new Random(characters);
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < characters; n++) {
            text.append(CHARACTERS[dice.nextInt(CHARACTERS.length)]);
        }

        List<String> fragments = fragments(text.toString().getBytes(UTF_8));

        assertThat(String.join("", fragments)).isEqualTo(text.toString());
        assertThat(fragments).allMatch(fragment -> fragment.getBytes(UTF_8).length <= Utf8Fragments.MAX_BYTES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "é", "✓", "😀"})
    void fragments_are_as_long_as_possible(String character) {
        byte[] text = character.repeat(50_000).getBytes(UTF_8);
        assertThat(Utf8Fragments.end(text, 0))
                .isGreaterThan(Utf8Fragments.MAX_BYTES - character.getBytes(UTF_8).length);
    }

    private static List<String> fragments(byte[] utf8) {
        List<String> fragments = new ArrayList<>();
        int from = 0;
        do {
            int end = Utf8Fragments.end(utf8, from);
            fragments.add(new String(utf8, from, end - from, UTF_8));
            from = end;
        } while (from < utf8.length);
        return fragments;
    }
}
