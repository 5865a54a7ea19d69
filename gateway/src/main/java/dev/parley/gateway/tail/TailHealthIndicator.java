package dev.parley.gateway.tail;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up when the hot window is warm and Kafka answers. Part of the readiness group. */
public final class TailHealthIndicator implements HealthIndicator {

    private final LogTail tail;

    public TailHealthIndicator(LogTail tail) {
        this.tail = tail;
    }

    @Override
    public Health health() {
        if (!tail.isWarm()) {
            return Health.outOfService()
                    .withDetail("reason", "still reading the log")
                    .build();
        }
        return tail.isCutOff()
                ? Health.outOfService()
                        .withDetail("reason", "Kafka has not answered for " + tail.stalledMs() + " ms")
                        .build()
                : Health.up().build();
    }
}
