package dev.parley.schema.event;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kind of a reasoning step. */
public enum ThinkingMode {
    ANALYTICAL,
    CREATIVE,
    METACOGNITIVE;

    /** The wire name, in lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
