package dev.parley.gateway.relay;

/**
 * A message as its command has it.
 *
 * @param offset of the first command of it, in {@code chat.commands}
 * @param timeMs of that record
 * @param message the user's text
 */
public record LoggedMessage(long offset, long timeMs, String message) {}
