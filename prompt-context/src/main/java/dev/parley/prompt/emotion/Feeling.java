package dev.parley.prompt.emotion;

import java.util.Locale;
import java.util.Optional;

/**
 * What words can tell, with its place on Russell's circumplex (1980): how pleasant, how excited. What calls for help first comes
 * first: of two feelings that are equally strong the earlier one is named.
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
    /** That something was understood: named as joy, and evidence of what the learner can do. */
    UNDERSTANDING(0.8, 0.5);

    /** With no sign of any feeling. */
    static final String NEUTRAL = "neutral";

    static final double NEUTRAL_AROUSAL = 0.3;

    private final double pleasantness;
    private final double arousal;

    Feeling(double pleasantness, double arousal) {
        this.pleasantness = pleasantness;
        this.arousal = arousal;
    }

    /** By which a word's strength becomes its valence. */
    double pleasantness() {
        return pleasantness;
    }

    double arousal() {
        return arousal;
    }

    String label() {
        return this == UNDERSTANDING ? JOY.label() : name().toLowerCase(Locale.ROOT);
    }

    /** What its denial tells, if that is a feeling. */
    Optional<Feeling> denied() {
        return switch (this) {
            case UNDERSTANDING -> Optional.of(CONFUSION);
            case JOY -> Optional.of(SADNESS);
            case CURIOSITY -> Optional.of(BOREDOM);
            case ANGER, FRUSTRATION, ANXIETY, CONFUSION, SADNESS, BOREDOM -> Optional.empty();
        };
    }
}
