package dev.parley.standalone;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ApplicationContext;

/** Waits until the health group {@code readiness} of all services is up. */
final class Readiness {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ASKED_EVERY = Duration.ofMillis(20);

    private Readiness() {}

    /** Returns when it is up, or after a minute; then the log says what is wrong. */
    static void await(ApplicationContext services) {
        var health = services.getBean(HealthEndpoint.class);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isUp(health) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(ASKED_EVERY.toNanos());
        }
    }

    private static boolean isUp(HealthEndpoint health) {
        var readiness = health.healthForPath("readiness");
        return readiness != null && readiness.getStatus().equals(Status.UP);
    }
}
