package dev.parley.schema.command;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What to do with a message while an earlier one of its session is not over. */
public enum OnBusy {
    ENQUEUE,
    INTERRUPT,
    REJECT,
    PARALLEL;

    /** The name on the wire: lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
