package dev.parley.schema.event;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why a stream was ended before its model was done. */
public enum StopReason {
    USER_CANCELLED,
    INTERRUPTED;

    /** The name on the wire: lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
