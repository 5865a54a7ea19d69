package dev.parley.schema.command;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How urgent a message is against others that wait, most urgent first. */
public enum Priority {
    CRITICAL,
    HIGH,
    MEDIUM,
    LOW;

    /** The name on the wire: lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
