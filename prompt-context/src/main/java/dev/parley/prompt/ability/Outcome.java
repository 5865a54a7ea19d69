package dev.parley.prompt.ability;

import dev.parley.prompt.emotion.Reading;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a message shows of its writer, as a game against a question.
 *
 * @param score 1 won: understood; 0 lost: not understood; one half: nothing is known but that it was asked, and people ask what is
 *     about their level
 * @param weight how much of an outcome it is, 0 to 1; nobody is examined here, so none is certain
 * @param difficulty of the question, in logits
 */
public record Outcome(double score, double weight, double difficulty) {
    private static final double ASKED_AGAIN_SIMILARITY = 0.6;
    private static final int FEWEST_TERMS = 2;

    /** What was asked, as the terms that say what it is about. */
    public record Question(String text, List<String> terms) {}

    /**
     * Understanding and confusion speak of the question before; a question of the session's first turn speaks for itself.
     *
     * @param before the question of the same subject before this one; this one if there is none
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

    /** Jaccard's similarity. */
    private static boolean isAskedAgain(List<String> asked, List<String> before) {
        Set<String> all = new HashSet<>(asked);
        Set<String> both = new HashSet<>(asked);
        both.retainAll(new HashSet<>(before));
        all.addAll(before);
        return both.size() >= FEWEST_TERMS && both.size() >= ASKED_AGAIN_SIMILARITY * all.size();
    }
}
