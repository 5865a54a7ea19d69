package dev.parley.prompt.ability;

import java.util.Locale;

/** The level at which the model should answer. The ranges are wide, so that one turn seldom changes it. */
public enum Level {
    BEGINNER,
    INTERMEDIATE,
    ADVANCED;

    private static final double BOUND = 0.75;

    static Level of(double ability) {
        return ability < -BOUND ? BEGINNER : ability > BOUND ? ADVANCED : INTERMEDIATE;
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
