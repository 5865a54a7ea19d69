package dev.parley.gateway.tail;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.gateway.tail}: what a gateway does when its log stands still, as Kafka does not answer it.
 *
 * @param unansweredMs after so long without an answer it is not ready, and connects anew
 * @param leaveMs after so long it sends its clients elsewhere, if the store shows that the log goes on without it, or the store is gone,
 *     too
 * @param leaveAnywayMs after so long it sends them elsewhere in any case; longer than an outage of Kafka that sockets are to outlive
 */
public record TailSettings(
        @DefaultValue("3000") int unansweredMs,
        @DefaultValue("8000") int leaveMs,
        @DefaultValue("90000") int leaveAnywayMs) {

    /** @throws IllegalArgumentException if they are not in this order, or too short for answers that wait for records */
    public TailSettings {
        if (unansweredMs < 1_000 || leaveMs <= unansweredMs || leaveAnywayMs < leaveMs) {
            throw new IllegalArgumentException(
                    "parley.gateway.tail: unanswered-ms is at least 1000 and less than leave-ms,"
                            + " which is at most leave-anyway-ms; they are " + unansweredMs + ", " + leaveMs + " and "
                            + leaveAnywayMs);
        }
    }

    /** How long a broker may keep a fetch waiting: a few answers come within {@link #unansweredMs}. */
    public int fetchWaitMs() {
        return unansweredMs / 5;
    }
}
