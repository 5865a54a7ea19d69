package dev.parley.gateway.tail;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up once the hot window is warm: part of the readiness group. */
public final class TailHealth implements HealthIndicator {

    private final LogTail tail;

    public TailHealth(LogTail tail) {
        this.tail = tail;
    }

    @Override
    public Health health() {
        return tail.isWarm()
                ? Health.up().build()
                : Health.outOfService().withDetail("reason", "reading the log").build();
    }
}
