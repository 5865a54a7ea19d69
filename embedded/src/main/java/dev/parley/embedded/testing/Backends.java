package dev.parley.embedded.testing;

import java.util.UUID;

/**
 * The addresses of the broker and the store of this test run.
 *
 * @param bootstrapServers for Kafka clients
 * @param mongoUri without a database
 */
public record Backends(String bootstrapServers, String mongoUri, Kind kind) {

    public enum Kind {
        EMBEDDED,
        CONTAINERS
    }

    /**
     * The broker and store of this JVM, started now if they do not run. For code that JUnit cannot inject into, such as Spring's {@code
     * @DynamicPropertySource}. They are the same as those of {@link WithBackends}.
     */
    public static Backends shared() {
        return SharedBackends.get();
    }

    /** A name that is unique in this test run, for a topic, group or database. */
    public static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    }
}
