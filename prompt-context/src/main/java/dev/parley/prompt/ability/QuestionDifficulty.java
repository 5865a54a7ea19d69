package dev.parley.prompt.ability;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A rough estimate of the difficulty of a question, in logits: its readability (LIX, Björnsson 1968, for languages that separate words by
 * blanks), and whether it asks to recall or to reason (Bloom's taxonomy, by cue words).
 */
final class QuestionDifficulty {
    private static final Pattern SPLIT = Pattern.compile("[^\\p{L}\\p{N}']+");
    private static final Pattern SENTENCE_END = Pattern.compile("[.!?。！？]+");
    private static final int READ_CHARS = 2_000;
    private static final int LONG_WORD = 6;
    private static final double MEDIUM_LIX = 40;
    private static final double LIX_PER_LOGIT = 20;

    private static final Set<String> RECALL =
            Set.of("define", "definition", "list", "name", "definiere", "nenne", "enumera", "définis", "cite", "liste");
    private static final Set<String> REASON = Set.of(
            "prove",
            "proof",
            "derive",
            "design",
            "evaluate",
            "compare",
            "analyse",
            "analyze",
            "optimise",
            "optimize",
            "why",
            "beweise",
            "vergleiche",
            "analysiere",
            "warum",
            "demuestra",
            "compara",
            "analiza",
            "prouve",
            "démontre",
            "pourquoi");

    private QuestionDifficulty() {}

    /** The difficulty in logits, -2.5 to 2.5. */
    static double of(String question) {
        String text = question.substring(0, Math.min(question.length(), READ_CHARS));
        double readability = Math.clamp((lix(text) - MEDIUM_LIX) / LIX_PER_LOGIT, -1.5, 1.5);
        return readability + (asks(text, REASON) ? 1 : asks(text, RECALL) ? -1 : 0);
    }

    private static double lix(String text) {
        long words = SPLIT.splitAsStream(text).filter(word -> !word.isEmpty()).count();
        if (words == 0) {
            return MEDIUM_LIX;
        }
        long longWords = SPLIT.splitAsStream(text)
                .filter(word -> word.length() > LONG_WORD)
                .count();
        long sentences = Math.max(1, SENTENCE_END.splitAsStream(text.strip()).count());
        return (double) words / sentences + 100.0 * longWords / words;
    }

    private static boolean asks(String text, Set<String> cues) {
        return SPLIT.splitAsStream(text).anyMatch(word -> cues.contains(word.toLowerCase(Locale.ROOT)));
    }
}
