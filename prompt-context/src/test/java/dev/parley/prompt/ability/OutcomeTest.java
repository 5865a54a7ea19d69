package dev.parley.prompt.ability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.prompt.emotion.LexiconEmotions;
import dev.parley.prompt.retrieval.Terms;
import org.junit.jupiter.api.Test;

class OutcomeTest {
    private static final String EASY = "What is a cat?";
    private static final String HARD =
            "Prove that every continuous function on a compact interval is uniformly continuous and therefore integrable.";

    private final LexiconEmotions lexicon = new LexiconEmotions();
    private final Terms terms = new Terms(lexicon::isCommon);

    private Outcome.Question question(String text) {
        return new Outcome.Question(text, terms.of(text));
    }

    private Outcome outcome(String message, String before) {
        return Outcome.of(lexicon.read(message), question(message), question(before));
    }

    @Test
    void understanding_is_a_win_against_the_question_before() {
        assertThat(outcome("Now I understand, thanks!", HARD))
                .isEqualTo(new Outcome(1, 1, QuestionDifficulty.of(HARD)));
    }

    @Test
    void confusion_is_a_loss_against_it() {
        assertThat(outcome("I don't understand that at all", EASY))
                .isEqualTo(new Outcome(0, 1, QuestionDifficulty.of(EASY)));
    }

    @Test
    void the_same_question_again_is_half_a_loss() {
        Outcome again =
                outcome("How does photosynthesis in green leaves work?", "how does photosynthesis work in leaves");

        assertThat(again.score()).isEqualTo(0.25);
        assertThat(again.weight()).isEqualTo(0.5);
    }

    @Test
    void a_plain_question_is_a_draw_against_itself() {
        assertThat(outcome(HARD, EASY)).isEqualTo(new Outcome(0.5, 0.5, QuestionDifficulty.of(HARD)));
        assertThat(outcome(HARD, HARD)).isEqualTo(new Outcome(0.5, 0.5, QuestionDifficulty.of(HARD)));
    }

    @Test
    void a_long_question_and_one_that_asks_for_reasons_is_more_difficult() {
        assertThat(QuestionDifficulty.of(HARD)).isGreaterThan(QuestionDifficulty.of(EASY));
        assertThat(QuestionDifficulty.of("Define inertia.")).isLessThan(QuestionDifficulty.of("Derive inertia."));
        for (String odd : new String[] {"", "...", "?", "漢字", "x".repeat(32_768)}) {
            assertThat(QuestionDifficulty.of(odd)).as(odd).isBetween(-2.5, 2.5);
        }
    }
}
