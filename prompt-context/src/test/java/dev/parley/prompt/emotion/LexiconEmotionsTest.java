package dev.parley.prompt.emotion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.event.Emotion;
import dev.parley.schema.event.LearningReadiness;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LexiconEmotionsTest {
    private static final int MESSAGES = 3_000;
    private static final int MAX_CHARS = 32_768;
    private static final List<String> PIECES = List.of(
            "I",
            "love",
            "hate",
            "not",
            "very",
            "but",
            "happy",
            "STUCK",
            "confused",
            "!",
            "?!",
            "...",
            "😀",
            "😡",
            "👩‍🔬",
            "`",
            "```",
            "\n",
            " ",
            "don't",
            "l'",
            "’",
            "ñ",
            "漢字",
            "\uD83D",
            "\u0000",
            "sooooo",
            ":)",
            ":(",
            "makes",
            "sense",
            "42");

    private final LexiconEmotions emotions = new LexiconEmotions();

    @Test
    void every_message_has_an_emotion_within_bounds_and_always_the_same_one() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        LexiconEmotions another = new LexiconEmotions();
        for (int i = 0; i < MESSAGES; i++) {
            String message = message(random);
            Emotion emotion = emotions.of(message);

            assertThat(emotion.primaryEmotion())
                    .as(message)
                    .isIn(
                            "joy",
                            "curiosity",
                            "neutral",
                            "confusion",
                            "frustration",
                            "anxiety",
                            "sadness",
                            "anger",
                            "boredom");
            assertThat(emotion.arousal()).as(message).isBetween(0.0, 1.0);
            assertThat(emotion.valence()).as(message).isBetween(-1.0, 1.0);
            assertThat(another.of(message)).as(message).isEqualTo(emotion);
        }
    }

    private static String message(Random random) {
        return IntStream.range(0, random.nextInt(30))
                .mapToObj(_ -> PIECES.get(random.nextInt(PIECES.size())))
                .collect(Collectors.joining(random.nextBoolean() ? " " : ""));
    }

    @Test
    void no_words_is_neutral() {
        assertThat(emotions.of("")).isEqualTo(emotions.of("…")).isEqualTo(emotions.of("12 + 30"));
        assertThat(emotions.of("")).isEqualTo(new Emotion("neutral", 0.3, 0, LearningReadiness.MODERATE_READINESS));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    I am very happy             | I am happy
                    I am happy!                 | I am happy
                    I am happy!!!               | I am happy!
                    I am HAPPY                  | I am happy
                    I am happy                  | I am slightly happy
                    I am happy 😀               | I am happy
                    I am happy                  | I am not happy
                    It is horrible but I love it | I love it but it is horrible
                    I am not angry              | I am angry
                    I am sad                    | I am very sad
                    """)
    void is_more_pleasant_than(String more, String less) {
        assertThat(emotions.of(more).valence()).isGreaterThan(emotions.of(less).valence());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    I am furious                | I am sad
                    I am nervous                | I am bored
                    I am happy!!!               | I am happy
                    I AM HAPPY                  | I am happy
                    I am excited                | What is the capital of France
                    """)
    void has_more_arousal_than(String more, String less) {
        assertThat(emotions.of(more).arousal()).isGreaterThan(emotions.of(less).arousal());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    😀                          | joy
                    :)                          | joy
                    😡😡                        | anger
                    :-(                         | sadness
                    🥱                          | boredom
                    😰                          | anxiety
                    🤷                          | confusion
                    It is sooo boring           | boredom
                    I donʼt care                | boredom
                    I don’t understand          | confusion
                    I DON'T UNDERSTAND          | confusion
                    I understand                | joy
                    I am not interested         | boredom
                    `I hate this` is a string   | neutral
                    well ` I hate this          | anger
                    J’adore                     | joy
                    """)
    void names(String message, String label) {
        assertThat(emotions.of(message).primaryEmotion()).isEqualTo(label);
    }

    @Test
    void code_is_not_read() {
        assertThat(emotions.of("```\nI hate this\n```\nWhat is it?").primaryEmotion())
                .isEqualTo("neutral");
        assertThat(emotions.of("```\nI hate this").primaryEmotion()).isEqualTo("neutral");
        assertThat(emotions.of("```\nx\n```\nI hate this").primaryEmotion()).isEqualTo("anger");
    }

    @Test
    void a_negation_ends_with_its_sentence() {
        assertThat(emotions.of("No. I am happy").primaryEmotion()).isEqualTo("joy");
        assertThat(emotions.of("I am not happy").primaryEmotion()).isEqualTo("sadness");
    }

    @ParameterizedTest
    @CsvSource({
        "0.8, 0.6, OPTIMAL_READINESS",
        "0.2, 0.55, HIGH_READINESS",
        "0, 0.3, MODERATE_READINESS",
        "-0.3, 0.5, MODERATE_READINESS",
        "-0.6, 0.75, LOW_READINESS",
        "-0.4, 0.15, LOW_READINESS",
        "-0.8, 0.95, NOT_READY"
    })
    void readiness_is_a_function_of_both(double valence, double arousal, LearningReadiness readiness) {
        assertThat(Readiness.of(valence, arousal)).isEqualTo(readiness);
    }

    @Test
    void readiness_falls_with_distance_from_medium_arousal_and_rises_with_valence() {
        for (double valence = -1; valence <= 1; valence += 0.05) {
            for (double arousal = 0; arousal <= 0.95; arousal += 0.05) {
                int here = Readiness.of(valence, arousal).ordinal();
                int more = Readiness.of(valence, arousal + 0.05).ordinal();
                assertThat(arousal >= 0.5 ? more - here : here - more).isNotNegative();
                assertThat(Readiness.of(Math.min(1, valence + 0.05), arousal).ordinal())
                        .isLessThanOrEqualTo(here);
            }
        }
    }

    @Test
    void the_longest_messages_take_little_time_for_any_content() {
        for (String piece :
                List.of("I am not happy but ", "`a", "a'", "so", "😀 ", "! ", "``` ` \n", "don't get ", "aaa")) {
            String longest = piece.repeat(MAX_CHARS / piece.length());
            Duration took = IntStream.range(0, 5)
                    .mapToObj(_ -> timed(() -> emotions.of(longest)))
                    .min(Duration::compareTo)
                    .orElseThrow();
            System.out.printf("emotion: 32k chars of '%s' in %d ms%n", piece.strip(), took.toMillis());
            assertThat(took).as(piece).isLessThan(Duration.ofSeconds(1));
        }
    }

    private static Duration timed(Supplier<Emotion> work) {
        long start = System.nanoTime();
        assertThat(work.get().valence()).isBetween(-1.0, 1.0);
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
