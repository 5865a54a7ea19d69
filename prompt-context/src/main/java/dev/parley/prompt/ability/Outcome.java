package dev.parley.prompt.ability;

import dev.parley.prompt.emotion.Reading;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a message shows about its author's ability, as the result of a game against a question, as in the Elo rating system.
 *
 * @param score 1 if the question was understood, 0 if not, one half if the message only shows that it was asked: people ask questions of
 *     about their own level
 * @param weight 0 to 1: how certain the outcome is
 * @param difficulty of the question, in logits
 */
public record Outcome(double score, double weight, double difficulty) {
    private static final double ASKED_AGAIN_SIMILARITY = 0.6;
    private static final int MIN_COMMON_TERMS = 2;

    /** @param terms the terms of the text, without common words */
    public record Question(String text, List<String> terms) {}

    /**
     * Understanding and confusion are about the question before this one.
     *
     * @param before the last question in the same subject, or this one if there is none
     */
    public static Outcome of(Reading reading, Question asked, Question before) {
        if (reading.understanding() > reading.confusion()) {
            return new Outcome(1, 1, QuestionDifficulty.of(before.text()));
        }
        if (reading.confusion() > reading.understanding()) {
            return new Outcome(0, 1, QuestionDifficulty.of(before.text()));
        }
        if (!before.equals(asked) && isAskedAgain(asked.terms(), before.terms())) {
            return new Outcome(0.25, 0.5, QuestionDifficulty.of(before.text()));
        }
        return new Outcome(0.5, 0.5, QuestionDifficulty.of(asked.text()));
    }

    /** By the Jaccard similarity of the terms. */
    private static boolean isAskedAgain(List<String> asked, List<String> before) {
        Set<String> all = new HashSet<>(asked);
        Set<String> both = new HashSet<>(asked);
        both.retainAll(new HashSet<>(before));
        all.addAll(before);
        return both.size() >= MIN_COMMON_TERMS && both.size() >= ASKED_AGAIN_SIMILARITY * all.size();
    }
}
