package dev.parley.prompt.ability;

import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.Difficulty;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The estimated ability of a user in one subject, in logits: at 0 a question of medium difficulty is understood with a probability of one
 * half. It is updated like an Elo rating, with a step that decreases with the evidence, {@code 1 / (1 + 0.05 n)} (Pelánek,
 * "Applications of the Elo rating system in adaptive educational systems", 2016).
 *
 * @param evidence the sum of the weights of the outcomes so far
 */
public record Ability(double value, double evidence) {
    public static final Ability UNKNOWN = new Ability(0, 0);

    private static final double DECREASE = 0.05;
    private static final double MAX_VALUE = 6;
    private static final double MAX_EVIDENCE = 10_000;
    private static final double VALUE_DIGITS = 1e3;
    private static final double CONFIDENCE_DIGITS = 1e6;

    /** The ability that an event has recorded; its confidence gives the evidence. */
    public static Ability of(AbilityUpdated written) {
        double confidence = Math.clamp(written.confidence(), 0, 1);
        double evidence = confidence < 1 ? confidence / (DECREASE * (1 - confidence)) : MAX_EVIDENCE;
        return new Ability(Math.clamp(written.newAbility(), -MAX_VALUE, MAX_VALUE), Math.min(evidence, MAX_EVIDENCE));
    }

    /**
     * Folds all recorded abilities of a user in a subject to the one with the most evidence, the later of equals. Within a session each
     * turn adds evidence, so it is the latest; of several sessions it is that of the longest. Order and duplicates make no other
     * difference.
     */
    public static Optional<AbilityUpdated> fold(Stream<AbilityUpdated> written) {
        return written.reduce((one, later) ->
                Comparator.comparingDouble(AbilityUpdated::confidence).compare(one, later) > 0 ? one : later);
    }

    public Ability after(Outcome outcome) {
        double step = 1 / (1 + DECREASE * evidence);
        double expected = 1 / (1 + Math.exp(outcome.difficulty() - value));
        double next = value + step * outcome.weight() * (outcome.score() - expected);
        return new Ability(
                Math.clamp(next, -MAX_VALUE, MAX_VALUE), Math.min(evidence + outcome.weight(), MAX_EVIDENCE));
    }

    public AbilityUpdated written(String subject) {
        return new AbilityUpdated(subject, round(value, VALUE_DIGITS), round(confidence(), CONFIDENCE_DIGITS));
    }

    public Difficulty difficulty(String subject) {
        return new Difficulty(
                subject, round(value, VALUE_DIGITS), Level.of(value).wireName());
    }

    /** 0 to 1: by how much the step has decreased. */
    private double confidence() {
        return 1 - 1 / (1 + DECREASE * evidence);
    }

    private static double round(double number, double digits) {
        return Math.round(number * digits) / digits;
    }
}
