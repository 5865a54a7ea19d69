package dev.parley.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The id of a conversation. It is unique for one user only: see {@link SessionKey}. */
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
