package dev.parley.gateway.relay;

/**
 * A user's message as its {@code chat_stream} command in the log has it.
 *
 * @param offset of the message's first command in {@code chat.commands}
 * @param timeMs timestamp of that record, in ms since the epoch
 * @param message the user's text
 */
public record LoggedMessage(long offset, long timeMs, String message) {}
