package dev.parley.schema.event;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What kind of reasoning a step is. */
public enum ThinkingMode {
    ANALYTICAL,
    CREATIVE,
    METACOGNITIVE;

    /** The name on the wire: lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
