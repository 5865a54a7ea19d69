package dev.parley.engine.view;

/**
 * A place in a partition of both topics.
 *
 * @param commands the next offset to read in {@code chat.commands}
 * @param events the next offset to read in {@code chat.events}
 */
public record Place(long commands, long events) {}
