package dev.parley.schema.event;

/** A retrieved document. {@code score} is 0 to 1. */
public record RagSource(String id, String title, double score, String snippet) {}
