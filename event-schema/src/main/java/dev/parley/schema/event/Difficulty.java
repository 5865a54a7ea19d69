package dev.parley.schema.event;

/** The learner's estimated ability and the matching level of the answer. */
public record Difficulty(String subject, double ability, String level) {}
