package dev.parley.schema.event;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why a stream was stopped before the model had finished. */
public enum StopReason {
    USER_CANCELLED,
    INTERRUPTED;

    /** The wire name, in lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
