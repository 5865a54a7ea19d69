package dev.parley.schema.command;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a message is handled while an earlier stream of its session is not over. */
public enum OnBusy {
    ENQUEUE,
    INTERRUPT,
    REJECT,
    PARALLEL;

    /** The wire name, in lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
