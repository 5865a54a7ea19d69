package dev.parley.providers.category;

import java.util.EnumMap;
import java.util.Map;

/**
 * Guesses the category of a message from its words and from what looks like code or a formula. The result depends on the text only. Words
 * are known in English; code and formulas are recognised in every language. A message without clear signs is
 * {@link Category#GENERAL}.
 *
 * <p>Of a long message only the beginning and the end are read, where people say what they want, so the time is limited.
 */
public final class Classifier {

    /** Characters that are read at the beginning; at the end it is half as many. */
    private static final int HEAD_CHARS = 4_096;

    private static final int TAIL_CHARS = HEAD_CHARS / 2;

    private static final TermIndex TERMS = new TermIndex(Terms.ALL);

    /** One certain sign, or two weak ones. */
    private static final int ENOUGH = 2;

    private Classifier() {}

    public static Category of(String message) {
        String excerpt = excerpt(message);
        Map<Category, Integer> scores = new EnumMap<>(Category.class);
        add(scores, Category.CODING, CodeSigns.in(excerpt));
        add(scores, Category.MATH, FormulaSigns.in(excerpt));
        TERMS.find(words(excerpt), (category, weight) -> add(scores, category, weight));
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

    private static String excerpt(String message) {
        return message.length() <= HEAD_CHARS + TAIL_CHARS
                ? message
                : message.substring(0, HEAD_CHARS) + "\n" + message.substring(message.length() - TAIL_CHARS);
    }

    /**
     * The words in lower case, each followed by one blank; an apostrophe is part of its word. Converted character by character, because
     * {@link String#toLowerCase} takes a second for some texts.
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
