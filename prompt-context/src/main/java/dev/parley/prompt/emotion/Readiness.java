package dev.parley.prompt.emotion;

import dev.parley.schema.event.LearningReadiness;

/**
 * Estimates how ready the user is to learn. Performance rises with arousal up to a point and then falls (Yerkes and Dodson, 1908): here an
 * inverted U with its maximum at one half. Valence adds to it. The weights and limits are not from the literature.
 */
final class Readiness {
    private static final double BEST_AROUSAL = 0.5;
    private static final double AROUSAL_WEIGHT = 0.4;

    private Readiness() {}

    static LearningReadiness of(double valence, double arousal) {
        double distance = (arousal - BEST_AROUSAL) / BEST_AROUSAL;
        double score = AROUSAL_WEIGHT * (1 - distance * distance) + (1 - AROUSAL_WEIGHT) * (valence + 1) / 2;
        if (score >= 0.8) {
            return LearningReadiness.OPTIMAL_READINESS;
        }
        if (score >= 0.65) {
            return LearningReadiness.HIGH_READINESS;
        }
        if (score >= 0.45) {
            return LearningReadiness.MODERATE_READINESS;
        }
        return score >= 0.3 ? LearningReadiness.LOW_READINESS : LearningReadiness.NOT_READY;
    }
}
