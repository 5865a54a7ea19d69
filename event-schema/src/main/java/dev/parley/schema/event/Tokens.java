package dev.parley.schema.event;

/** Token counts. {@code estimated} is true where the provider gave none. */
public record Tokens(int prompt, int completion, int reasoning, int total, boolean estimated) {}
