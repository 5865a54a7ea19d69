package dev.parley.prompt.emotion;

import dev.parley.schema.event.Emotion;
import java.util.Map;

/**
 * What the words of a message tell.
 *
 * @param strengths of the feelings that were found, above 0
 * @param valence -1 to 1
 * @param arousal 0 to 1
 */
public record Reading(Map<Feeling, Double> strengths, double valence, double arousal) {
    /** A weaker sign is none: it is less than half of a plain word's. */
    private static final double LEAST = 0.9;

    private static final double THOUSANDTHS = 1000;

    double strength(Feeling feeling) {
        return strengths.getOrDefault(feeling, 0.0);
    }

    /** How much it says that something was understood. */
    public double understanding() {
        return strength(Feeling.UNDERSTANDING);
    }

    /** How much it says that something was not. Frustration counts half: it may come from elsewhere. */
    public double confusion() {
        return strength(Feeling.CONFUSION) + strength(Feeling.FRUSTRATION) / 2;
    }

    public Emotion emotion() {
        double roundValence = round(valence);
        double roundArousal = round(arousal);
        return new Emotion(primary(), roundArousal, roundValence, Readiness.of(roundValence, roundArousal));
    }

    private String primary() {
        String label = Feeling.NEUTRAL;
        double most = 0;
        for (Feeling feeling : Feeling.values()) {
            double strength = strength(feeling);
            if (strength >= LEAST && strength > most) {
                label = feeling.label();
                most = strength;
            }
        }
        return label;
    }

    private static double round(double value) {
        return Math.round(value * THOUSANDTHS) / THOUSANDTHS;
    }
}
