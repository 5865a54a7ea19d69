package dev.parley.gateway.publish;

import dev.parley.service.kafka.AppendHealth;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Out of service while commands cannot be appended. Part of the readiness group. */
public final class PublishHealthIndicator implements HealthIndicator {

    private final AppendHealth appends;

    public PublishHealthIndicator(AppendHealth appends) {
        this.appends = appends;
    }

    @Override
    public Health health() {
        return appends.reason()
                .map(reason ->
                        Health.outOfService().withDetail("reason", reason).build())
                .orElseGet(() -> Health.up().build());
    }
}
