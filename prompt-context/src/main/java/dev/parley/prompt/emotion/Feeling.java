package dev.parley.prompt.emotion;

import java.util.Locale;
import java.util.Optional;

/**
 * A feeling that words express, with its pleasantness and arousal in Russell's circumplex model (1980). Feelings in which the user needs
 * help come first: of two equally strong feelings the first one here is reported.
 */
enum Feeling {
    ANGER(-1.1, 0.9),
    FRUSTRATION(-0.9, 0.75),
    ANXIETY(-0.9, 0.8),
    CONFUSION(-0.5, 0.5),
    SADNESS(-1.0, 0.25),
    BOREDOM(-0.7, 0.15),
    JOY(1.0, 0.65),
    CURIOSITY(0.6, 0.6),
    /** That something was understood: reported as joy, and evidence of the user's ability. */
    UNDERSTANDING(0.8, 0.5);

    /** The label if no feeling is found. */
    static final String NEUTRAL = "neutral";

    static final double NEUTRAL_AROUSAL = 0.3;

    private final double pleasantness;
    private final double arousal;

    Feeling(double pleasantness, double arousal) {
        this.pleasantness = pleasantness;
        this.arousal = arousal;
    }

    /** The factor from a word's strength to its valence. */
    double pleasantness() {
        return pleasantness;
    }

    double arousal() {
        return arousal;
    }

    String label() {
        return this == UNDERSTANDING ? JOY.label() : name().toLowerCase(Locale.ROOT);
    }

    /** The feeling that its negation expresses, if there is one. */
    Optional<Feeling> negated() {
        return switch (this) {
            case UNDERSTANDING -> Optional.of(CONFUSION);
            case JOY -> Optional.of(SADNESS);
            case CURIOSITY -> Optional.of(BOREDOM);
            case ANGER, FRUSTRATION, ANXIETY, CONFUSION, SADNESS, BOREDOM -> Optional.empty();
        };
    }
}
