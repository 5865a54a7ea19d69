package dev.parley.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One conversation of a user. Only {@link SessionKey}, with the user, identifies it. */
public record SessionId(@JsonValue String value) {

    /** @throws IllegalArgumentException if the text is not a {@link WireId} */
    @JsonCreator
    public SessionId {
        WireId.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
