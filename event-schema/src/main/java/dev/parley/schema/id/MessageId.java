package dev.parley.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The id of a message and of its answer. It is unique for one user only: see {@link StreamId}. */
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
