package dev.parley.store.turn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerTextTest {

    @Test
    void many_small_chunks_are_few_objects_and_the_same_text() {
        AnswerText text = AnswerText.EMPTY;
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            String chunk = i % 3_000 == 0 ? "x".repeat(5_000) : "tok" + i + " ";
            text = text.plus(chunk);
            expected.append(chunk);
        }

        assertThat(text.joined()).isEqualTo(expected.toString());
        assertThat(text.length()).isEqualTo(expected.length());
        assertThat(text.held()).isEqualTo(expected.length());
        assertThat(text.pieces().size()).isLessThan(expected.length() / 512);
    }

    @Test
    void a_text_does_not_change_when_it_is_extended() {
        AnswerText before = AnswerText.of("one ");
        AnswerText after = before.plus("two");

        assertThat(before.joined()).isEqualTo("one ");
        assertThat(after.joined()).isEqualTo("one two");
        assertThat(after.plusUnheld("three").plus("four").joined()).isEqualTo("one two");
    }
}
