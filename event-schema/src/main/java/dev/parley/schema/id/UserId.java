package dev.parley.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The {@code sub} of a token: any text of 1 to 256 characters. */
public record UserId(@JsonValue String value) {

    public static final int MAX_CHARS = 256;

    /** @throws IllegalArgumentException if the text is empty or longer than {@link #MAX_CHARS} */
    @JsonCreator
    public UserId {
        if (value.isEmpty() || value.length() > MAX_CHARS) {
            throw new IllegalArgumentException("a user id has 1 to " + MAX_CHARS + " characters");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
