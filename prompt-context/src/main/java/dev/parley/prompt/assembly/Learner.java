package dev.parley.prompt.assembly;

import dev.parley.schema.event.Difficulty;

/** What the model is told of the learner. */
final class Learner {
    private static final int SHOWN_CHARS = 80;

    private Learner() {}

    /** One line: the subject is the user's text, so it is kept short, without line breaks and within its quotes. */
    static String line(Difficulty difficulty) {
        String plain = difficulty
                .subject()
                .replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\"]+", " ")
                .strip();
        String subject = plain.substring(0, Math.min(plain.length(), SHOWN_CHARS));
        return "The user's level in \"" + subject + "\" is " + difficulty.level() + ": pitch the answer at that.";
    }
}
