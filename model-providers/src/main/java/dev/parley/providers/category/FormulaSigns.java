package dev.parley.providers.category;

import java.util.List;
import java.util.regex.Pattern;

/** Recognises formulas. */
final class FormulaSigns {

    private static final List<String> SURE = List.of(
            "\\frac",
            "\\int",
            "\\sum",
            "\\sqrt",
            "\\lim",
            "\\begin{",
            "$$",
            "\\(",
            "\\[",
            "∫",
            "∑",
            "√",
            "∀",
            "∃",
            "≤",
            "≥",
            "∂",
            "∇");

    /** Matches {@code 12 * 7}, {@code x^2} and {@code n = 3}, but no date, version, telephone number or "2+ years". */
    private static final Pattern ARITHMETIC =
            Pattern.compile("\\d {0,2}[+*^×÷=] {0,2}(?:[0-9(]|[a-z]\\b)|[a-z)][*^][0-9(]|\\b[xyzn] {0,2}= {0,2}-?\\d");

    private FormulaSigns() {}

    static int in(String text) {
        int score = ARITHMETIC.matcher(text).find() ? 2 : 0;
        for (String sign : SURE) {
            score += text.contains(sign) ? 2 : 0;
        }
        return score;
    }
}
