package dev.parley.gateway.tail;

import dev.parley.schema.startup.CheckedSettings;
import dev.parley.schema.startup.Problems;
import jakarta.validation.constraints.Min;
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
        @DefaultValue("3000") @Min(1_000) int unansweredMs,
        @DefaultValue("8000") @Min(1_001) int leaveMs,
        @DefaultValue("90000") @Min(1_001) int leaveAnywayMs)
        implements CheckedSettings {

    @Override
    public void check(Problems problems) {
        if (leaveMs <= unansweredMs) {
            problems.add(
                    "parley.gateway.tail.leave-ms",
                    leaveMs,
                    "It must be more than parley.gateway.tail.unanswered-ms, which is " + unansweredMs + ".");
        }
        if (leaveAnywayMs < leaveMs) {
            problems.add(
                    "parley.gateway.tail.leave-anyway-ms",
                    leaveAnywayMs,
                    "It must be at least parley.gateway.tail.leave-ms, which is " + leaveMs + ".");
        }
    }

    /** How long a broker may keep a fetch waiting: a few answers come within {@link #unansweredMs}. */
    public int fetchWaitMs() {
        return unansweredMs / 5;
    }
}
