package dev.parley.engine.state;

/**
 * A position in a partition of both topics.
 *
 * @param commands the next offset to read in {@code chat.commands}
 * @param events the next offset to read in {@code chat.events}
 */
public record LogPosition(long commands, long events) {}
