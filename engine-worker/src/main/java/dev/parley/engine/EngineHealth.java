package dev.parley.engine;

import dev.parley.engine.kafka.Worker;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up when the worker knows the log up to its own start; down when its thread has died. */
final class EngineHealth implements HealthIndicator {
    private final Worker worker;

    EngineHealth(Worker worker) {
        this.worker = worker;
    }

    @Override
    public Health health() {
        if (!worker.isAlive()) {
            return Health.down().build();
        }
        Health.Builder health = worker.isReady() ? Health.up() : Health.outOfService();
        return health.withDetail("running", worker.load().running())
                .withDetail("waiting", worker.load().waiting())
                .build();
    }
}
