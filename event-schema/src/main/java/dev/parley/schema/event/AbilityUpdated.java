package dev.parley.schema.event;

/** The learner's ability after this turn. */
public record AbilityUpdated(String subject, double newAbility, double confidence) {}
