package dev.parley.prompt.ability;

import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.Difficulty;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is believed of a learner in one subject, on a scale of logits: at 0 a question of middling difficulty is as likely
 * understood as not. It moves by Elo's rule with a step that falls as evidence grows, {@code 1 / (1 + 0.05 n)} (Pelánek,
 * "Applications of the Elo rating system in adaptive educational systems", 2016).
 *
 * @param evidence how many full outcomes it rests on
 */
public record Ability(double value, double evidence) {
    public static final Ability UNKNOWN = new Ability(0, 0);

    private static final double FALL = 0.05;
    private static final double MOST = 6;
    private static final double MOST_EVIDENCE = 10_000;
    private static final double VALUE_DIGITS = 1e3;
    private static final double CONFIDENCE_DIGITS = 1e6;

    /** What was written says how much evidence there was. */
    public static Ability of(AbilityUpdated written) {
        double confidence = Math.clamp(written.confidence(), 0, 1);
        double evidence = confidence < 1 ? confidence / (FALL * (1 - confidence)) : MOST_EVIDENCE;
        return new Ability(Math.clamp(written.newAbility(), -MOST, MOST), Math.min(evidence, MOST_EVIDENCE));
    }

    /**
     * The fold of all that was ever written of a learner and a subject: that with the most evidence, the later of equals. In one
     * session each turn adds evidence, so it is the latest; of sessions side by side it is the longest. Order and repeats change nothing else.
     */
    public static Optional<AbilityUpdated> fold(Stream<AbilityUpdated> written) {
        return written.reduce((one, later) ->
                Comparator.comparingDouble(AbilityUpdated::confidence).compare(one, later) > 0 ? one : later);
    }

    public Ability after(Outcome outcome) {
        double step = 1 / (1 + FALL * evidence);
        double expected = 1 / (1 + Math.exp(outcome.difficulty() - value));
        double next = value + step * outcome.weight() * (outcome.score() - expected);
        return new Ability(Math.clamp(next, -MOST, MOST), Math.min(evidence + outcome.weight(), MOST_EVIDENCE));
    }

    public AbilityUpdated written(String subject) {
        return new AbilityUpdated(subject, round(value, VALUE_DIGITS), round(confidence(), CONFIDENCE_DIGITS));
    }

    public Difficulty difficulty(String subject) {
        return new Difficulty(
                subject, round(value, VALUE_DIGITS), Level.of(value).wireName());
    }

    /** How much smaller the step is than the first one: 0 to 1. */
    private double confidence() {
        return 1 - 1 / (1 + FALL * evidence);
    }

    private static double round(double number, double digits) {
        return Math.round(number * digits) / digits;
    }
}
