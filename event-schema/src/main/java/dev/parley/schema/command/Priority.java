package dev.parley.schema.command;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The priority of a waiting message, highest first. */
public enum Priority {
    CRITICAL,
    HIGH,
    MEDIUM,
    LOW;

    /** The wire name, in lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
