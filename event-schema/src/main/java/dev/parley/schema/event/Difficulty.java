package dev.parley.schema.event;

/** The learner's estimated ability and the level of answer that suits it. */
public record Difficulty(String subject, double ability, String level) {}
