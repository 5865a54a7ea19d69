package dev.parley.schema.event;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How ready the learner is to learn, best first. */
public enum LearningReadiness {
    OPTIMAL_READINESS,
    HIGH_READINESS,
    MODERATE_READINESS,
    LOW_READINESS,
    NOT_READY;

    /** The wire name, in lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
