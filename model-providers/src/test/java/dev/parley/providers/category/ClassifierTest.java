package dev.parley.providers.category;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierTest {

    private static final int LONGEST_MESSAGE = 32_768;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "coding | Write a function in Python that reverses a linked list.",
                "coding | My Java program throws a NullPointerException, how do I debug this?",
                "coding | Why does this code not compile?",
                "coding | How do I undo the last git commit? I ran git rebase by mistake.",
                "coding | Erkläre bitte: ```java int x = 1; ```",
                "coding | What is the difference between a method and a function in programming?",
                "coding | Refactor the SQL query so that it uses an index",
                "coding | write a regex for e-mail addresses",
                "math | What is 17 * 23?",
                "math | Solve for x: 3x + 4 = 10",
                "math | Was ergibt 12 + 30?",
                "math | Find the derivative of sin(x)",
                "math | Prove that there are infinitely many prime numbers",
                "math | \\frac{1}{2} + \\frac{1}{3}",
                "math | What is the probability that the sum of two dice is seven?",
                "empathy | I feel so alone since my mother passed away.",
                "empathy | I'm anxious about tomorrow and can't sleep",
                "empathy | My girlfriend broke up with me yesterday",
                "empathy | I’m scared, nobody understands me",
                "empathy | Everything is too much, I am completely overwhelmed at work",
                "research | Summarize recent studies on intermittent fasting with citations",
                "research | Give me a literature review of transformer models",
                "research | What evidence is there, and which sources, for the health effects of coffee?",
                "reasoning | Here is a riddle: what has keys but opens no doors?",
                "reasoning | Think step by step: who owns the fish?",
                "reasoning | What are the pros and cons of moving to Berlin?",
                "reasoning | Suppose all bloops are razzies. Does it follow, by logic, that some are?",
                "general | Hello!",
                "general | Tell me about Paris.",
                "general | Translate good morning into French",
                "general | Guten Tag, wie geht es dir?",
                "general | Let's meet on 2026-05-01 or 05/06, version 1.2.3, 10-20 people",
                "general | Call me at +49 170 1234, I have 2+ years of experience",
                "general | What shall I cook tonight?",
                "general | /script {\"chunks\": 200, \"rate\": 50, \"first_delay_ms\": 100}",
                "general | ''"
            })
    void a_message_has_the_category_of_its_question(String category, String message) {
        assertThat(Classifier.of(message).wireName()).isEqualTo(category);
    }

    @Test
    void code_is_recognised_in_any_language() {
        assertThat(Classifier.of("Was macht das?\n\nfor (int i = 0; i < n; i++) {\n  total += i;\n}"))
                .isEqualTo(Category.CODING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "javanese", "unfeeling", "sumptuous", "whyever", "barcode"})
    void a_word_within_another_word_does_not_count(String word) {
        assertThat(Classifier.of(word + " " + word)).isEqualTo(Category.GENERAL);
    }

    @Test
    void one_weak_sign_is_not_enough_even_if_repeated() {
        assertThat(Classifier.of("code ".repeat(50))).isEqualTo(Category.GENERAL);
    }

    @Test
    void the_question_is_found_before_and_after_a_long_text_but_not_within() {
        String text = "lorem ipsum dolor ".repeat(1_700);

        assertThat(Classifier.of("Write a unit test for this: " + text)).isEqualTo(Category.CODING);
        assertThat(Classifier.of(text + " I feel so lonely")).isEqualTo(Category.EMPATHY);
        assertThat(Classifier.of(text + " I feel so lonely " + text)).isEqualTo(Category.GENERAL);
    }

    @Test
    void the_longest_message_takes_little_time_for_any_content() {
        List<String> nasty = List.of(
                "1 ".repeat(LONGEST_MESSAGE / 2),
                "x".repeat(LONGEST_MESSAGE),
                "x  ".repeat(LONGEST_MESSAGE / 3),
                "\n".repeat(LONGEST_MESSAGE),
                "{\n".repeat(LONGEST_MESSAGE / 2),
                "İ".repeat(LONGEST_MESSAGE),
                "\uD83D".repeat(LONGEST_MESSAGE),
                random());
        for (String message : nasty) {
            Category first = Classifier.of(message);

            assertThat(quickestOfTen(message)).as(message.substring(0, 2)).isLessThan(Duration.ofMillis(50));
            assertThat(Classifier.of(message)).isEqualTo(first);
        }
    }

    /** The shortest of ten runs, because other processes may delay some of them. */
    private static Duration quickestOfTen(String message) {
        return IntStream.range(0, 10)
                .mapToObj(_ -> {
                    long start = System.nanoTime();
                    Classifier.of(message);
                    return Duration.ofNanos(System.nanoTime() - start);
                })
                .min(Duration::compareTo)
                .orElseThrow();
    }

    private static String random() {
        return new Random(7)
                .ints(LONGEST_MESSAGE, 1, 0x3000)
                .collect(StringBuilder::new, (text, c) -> text.append((char) c), StringBuilder::append)
                .toString();
    }
}
