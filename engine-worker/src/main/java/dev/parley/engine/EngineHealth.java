package dev.parley.engine;

import dev.parley.engine.kafka.Worker;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up if the worker knows the log up to its own start and can append to it; down if one of its threads has ended. */
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
        Optional<String> reason = worker.isReady()
                ? worker.trouble()
                : Optional.of(worker.trouble().orElse("reading the log"));
        Health.Builder health = reason.isEmpty() ? Health.up() : Health.outOfService();
        reason.ifPresent(why -> health.withDetail("reason", why));
        return health.withDetail("running", worker.load().running())
                .withDetail("waiting", worker.load().waiting())
                .build();
    }
}
