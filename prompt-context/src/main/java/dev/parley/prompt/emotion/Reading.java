package dev.parley.prompt.emotion;

import dev.parley.schema.event.Emotion;
import java.util.Map;

/**
 * The feelings that a message expresses.
 *
 * @param strengths of the feelings that were found, each above 0
 * @param valence -1 to 1
 * @param arousal 0 to 1
 */
public record Reading(Map<Feeling, Double> strengths, double valence, double arousal) {
    /** Weaker feelings are not reported: that is less than half of an ordinary word's strength. */
    private static final double MIN_STRENGTH = 0.9;

    private static final double THOUSANDTHS = 1000;

    double strength(Feeling feeling) {
        return strengths.getOrDefault(feeling, 0.0);
    }

    /** The strength of signs that something was understood. */
    public double understanding() {
        return strength(Feeling.UNDERSTANDING);
    }

    /** The strength of signs that something was not understood. Frustration counts half, because it may have other causes. */
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
            if (strength >= MIN_STRENGTH && strength > most) {
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
