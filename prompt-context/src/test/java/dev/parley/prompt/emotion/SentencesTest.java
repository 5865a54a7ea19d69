package dev.parley.prompt.emotion;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Compares the lexicon with labelled sentences. Both have the same authors, so the result does not apply to other texts. */
class SentencesTest {
    private static final double FLOOR_OF_FIRST = 0.95;
    private static final double FLOOR_OF_SECOND = 0.8;

    private final LexiconEmotions emotions = new LexiconEmotions();

    private record Labelled(String part, String label, String message) {}

    private static List<Labelled> sentences() throws IOException {
        try (InputStream file = Objects.requireNonNull(SentencesTest.class.getResourceAsStream("sentences.tsv"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .map(fields -> new Labelled(fields[0], fields[1], fields[2].replace("\\n", "\n")))
                    .toList();
        }
    }

    private boolean agrees(Labelled sentence) {
        String found = emotions.of(sentence.message()).primaryEmotion();
        if (!found.equals(sentence.label())) {
            System.out.printf("  %s, not %s: %s%n", found, sentence.label(), sentence.message());
        }
        return found.equals(sentence.label());
    }

    private double agreement(String part) throws IOException {
        List<Labelled> sentences = sentences().stream()
                .filter(sentence -> sentence.part().equals(part))
                .toList();
        long agreed = sentences.stream().filter(this::agrees).count();
        System.out.printf("emotion: %d of %d sentences of the %s part as labelled%n", agreed, sentences.size(), part);
        return (double) agreed / sentences.size();
    }

    @Test
    void most_sentences_get_their_label() throws IOException {
        assertThat(agreement("first")).isGreaterThanOrEqualTo(FLOOR_OF_FIRST);
        assertThat(agreement("second")).isGreaterThanOrEqualTo(FLOOR_OF_SECOND);
    }
}
