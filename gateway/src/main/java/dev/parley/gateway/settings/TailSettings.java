package dev.parley.gateway.settings;

import dev.parley.service.startup.CheckedSettings;
import dev.parley.service.startup.Problems;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * {@code parley.gateway.tail}: what a gateway does when Kafka does not answer it.
 *
 * @param unanswered after so long without an answer the node is not ready and opens a new connection to Kafka
 * @param leave after so long it asks its clients to reconnect, if MongoDB shows that only this node is cut off
 * @param leaveAnyway after so long it asks them in any case; longer than a Kafka outage that sockets should survive
 */
public record TailSettings(
        @Name("unanswered-ms") @DefaultValue("3000") @DurationMin(seconds = 1) @DurationMax(days = 24)
        Duration unanswered,

        @Name("leave-ms") @DefaultValue("8000") @DurationMin(millis = 1_001) @DurationMax(days = 24)
        Duration leave,

        @Name("leave-anyway-ms") @DefaultValue("90000") @DurationMin(millis = 1_001) @DurationMax(days = 24)
        Duration leaveAnyway)
        implements CheckedSettings {

    @Override
    public void check(Problems problems) {
        if (leave.compareTo(unanswered) <= 0) {
            problems.add(
                    "parley.gateway.tail.leave-ms",
                    leave.toMillis(),
                    "It must be more than parley.gateway.tail.unanswered-ms, which is " + unanswered.toMillis() + ".");
        }
        if (leaveAnyway.compareTo(leave) < 0) {
            problems.add(
                    "parley.gateway.tail.leave-anyway-ms",
                    leaveAnyway.toMillis(),
                    "It must be at least parley.gateway.tail.leave-ms, which is " + leave.toMillis() + ".");
        }
    }

    /** How long the node has to get an answer once MongoDB shows that Kafka answers others: a new connection is opened meanwhile. */
    public Duration reconnecting() {
        return leave.minus(unanswered);
    }

    /** How long a broker may delay the answer to a fetch: several answers are due within {@link #unanswered}. */
    public Duration fetchWait() {
        return unanswered.dividedBy(5);
    }
}
