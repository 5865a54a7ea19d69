package dev.parley.engine.provider;

/**
 * Tokens as the service counted them.
 *
 * @param completion all that the model wrote, its reasoning included
 * @param reasoning the part of {@code completion} that was reasoning
 */
public record Usage(int prompt, int completion, int reasoning) {}
