package dev.parley.prompt;

import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.id.StreamId;
import org.jspecify.annotations.Nullable;

/**
 * A turn that is over.
 *
 * @param ability what it told of the learner, or null if nothing
 */
public record PastTurn(
        StreamId id,
        String message,
        String answer,
        @Nullable AbilityUpdated ability) {
    public PastTurn(StreamId id, String message, String answer) {
        this(id, message, answer, null);
    }

    /** Of its texts, in UTF-16 units. */
    public int chars() {
        return message.length() + answer.length();
    }
}
