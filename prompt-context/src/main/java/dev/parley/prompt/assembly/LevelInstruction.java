package dev.parley.prompt.assembly;

import dev.parley.schema.event.Difficulty;

/** The instruction about the user's level. */
final class LevelInstruction {
    private static final int SHOWN_CHARS = 80;

    private LevelInstruction() {}

    /** A single line. The subject is the user's text, so it is shortened and cannot contain a line break or a quotation mark. */
    static String of(Difficulty difficulty) {
        String plain = difficulty
                .subject()
                .replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\"]+", " ")
                .strip();
        String subject = plain.substring(0, Math.min(plain.length(), SHOWN_CHARS));
        return "The user's level in \"" + subject + "\" is " + difficulty.level() + ": pitch the answer at that.";
    }
}
