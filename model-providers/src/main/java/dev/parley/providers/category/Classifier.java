package dev.parley.providers.category;

import java.util.EnumMap;
import java.util.Map;

/**
 * Guesses the category of a message from its words and its look: the same for the same text, at once, and without asking anybody. Words are
 * known in English only; code and formulas are in every language. Not sure means {@link Category#GENERAL}, which is no mistake.
 *
 * <p>Of a long message the head and the end are looked at, for that is where people say what they want; so the time it takes is bounded.
 */
public final class Classifier {

    /** So many characters of the start and half as many of the end. */
    private static final int HEAD_CHARS = 4_096;

    private static final int TAIL_CHARS = HEAD_CHARS / 2;

    private static final TermIndex TERMS = new TermIndex(Terms.ALL);

    /** One sure sign, or two weak ones. */
    private static final int ENOUGH = 2;

    private Classifier() {}

    public static Category of(String message) {
        String looked = looked(message);
        Map<Category, Integer> scores = new EnumMap<>(Category.class);
        add(scores, Category.CODING, CodeSigns.in(looked));
        add(scores, Category.MATH, FormulaSigns.in(looked));
        TERMS.find(words(looked), (category, weight) -> add(scores, category, weight));
        Category best = Category.GENERAL;
        int most = ENOUGH - 1;
        for (Map.Entry<Category, Integer> score : scores.entrySet()) {
            if (score.getValue() > most) {
                best = score.getKey();
                most = score.getValue();
            }
        }
        return best;
    }

    private static void add(Map<Category, Integer> scores, Category category, int score) {
        scores.merge(category, score, Integer::sum);
    }

    private static String looked(String message) {
        return message.length() <= HEAD_CHARS + TAIL_CHARS
                ? message
                : message.substring(0, HEAD_CHARS) + "\n" + message.substring(message.length() - TAIL_CHARS);
    }

    /**
     * In lower case, each with one blank after it; an apostrophe belongs to its word. By characters: {@link String#toLowerCase} takes
     * a second for some texts.
     */
    private static String words(String text) {
        StringBuilder words = new StringBuilder(text.length() + 1);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isLetterOrDigit(c) || c == '+' || c == '#') {
                words.append(Character.toLowerCase(c));
            } else if (c == '\'' || c == '’') {
                words.append('\'');
            } else if (!words.isEmpty() && words.charAt(words.length() - 1) != ' ') {
                words.append(' ');
            }
        }
        return words.append(' ').toString();
    }
}
