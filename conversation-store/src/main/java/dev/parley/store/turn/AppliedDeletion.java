package dev.parley.store.turn;

/**
 * A deletion that was applied to a conversation.
 *
 * @param command the offset of its command in {@code chat.commands}
 * @param offset of its record in {@code chat.events}
 */
public record AppliedDeletion(long command, long offset) {

    /** Whether a deletion record at a later offset repeats this one: its command is the same or an earlier one. */
    public boolean isRepeatedBy(long laterCommand, long laterOffset) {
        return offset < laterOffset && command >= laterCommand;
    }
}
