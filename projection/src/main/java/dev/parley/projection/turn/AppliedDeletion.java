package dev.parley.projection.turn;

/**
 * A deletion that a conversation has taken in.
 *
 * @param command the offset of its command in {@code chat.commands}
 * @param offset of its record in {@code chat.events}
 */
public record AppliedDeletion(long command, long offset) {

    /** Whether a record at that place, of that command, only says again what this one said. */
    boolean covers(long otherCommand, long otherOffset) {
        return offset < otherOffset && command >= otherCommand;
    }
}
