package dev.parley.prompt;

import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.id.StreamId;
import org.jspecify.annotations.Nullable;

/**
 * A finished turn.
 *
 * @param ability the user's ability after the turn, or null if the turn did not update it
 */
public record PastTurn(
        StreamId id,
        String message,
        String answer,
        @Nullable AbilityUpdated ability) {
    public PastTurn(StreamId id, String message, String answer) {
        this(id, message, answer, null);
    }

    /** The length of its texts in UTF-16 units. */
    public int chars() {
        return message.length() + answer.length();
    }
}
