package dev.parley.embedded.testing;

import java.util.UUID;

/**
 * Where the broker and the store of this test run are.
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
     * The ones of this JVM, started now if they are not. For where JUnit injects nothing, such as Spring's
     * {@code @DynamicPropertySource}; what runs is the same as {@link WithBackends} gives.
     */
    public static Backends shared() {
        return SharedBackends.get();
    }

    /** A name that no other test has, for a topic, group or database. */
    public static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    }
}
