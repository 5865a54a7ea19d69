package dev.parley.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A user's message and its answer. Only {@link StreamId}, with the user, identifies it. */
public record MessageId(@JsonValue String value) {

    /** @throws IllegalArgumentException if the text is not a {@link WireId} */
    @JsonCreator
    public MessageId {
        WireId.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
