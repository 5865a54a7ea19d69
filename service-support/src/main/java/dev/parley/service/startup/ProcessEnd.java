package dev.parley.service.startup;

import java.time.Duration;

/** Ends this process: with its shutdown hooks if they finish in time, else without them. */
final class ProcessEnd {

    /** How long the shutdown hooks may take. */
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(15);

    private ProcessEnd() {}

    /** Returns at once. */
    static void soon(int status) {
        Thread.ofPlatform().name("process-end").daemon().start(() -> System.exit(status));
        Thread.ofPlatform().name("process-end-bound").daemon().start(() -> haltAfterTimeout(status));
    }

    private static void haltAfterTimeout(int status) {
        try {
            Thread.sleep(SHUTDOWN_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(status);
    }
}
