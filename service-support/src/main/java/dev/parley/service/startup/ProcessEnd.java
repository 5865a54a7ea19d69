package dev.parley.service.startup;

import java.time.Duration;

/** Ends this process in order if it can, and in any case. */
final class ProcessEnd {

    /** For what must be closed; what has not ended by then has lost what it depends on. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private ProcessEnd() {}

    /** Returns at once. */
    static void soon(int status) {
        Thread.ofPlatform().name("process-end").daemon().start(() -> System.exit(status));
        Thread.ofPlatform().name("process-end-bound").daemon().start(() -> haltAfterPatience(status));
    }

    private static void haltAfterPatience(int status) {
        try {
            Thread.sleep(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(status);
    }
}
