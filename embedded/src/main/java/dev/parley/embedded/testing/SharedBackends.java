package dev.parley.embedded.testing;

import dev.parley.embedded.BackendLogs;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The broker and store of this JVM. {@code -Dparley.test.backends=embedded|containers} chooses the kind; whether Docker is installed does
 * not matter, so that a build does the same everywhere.
 */
final class SharedBackends {

    private static final String CHOICE = "parley.test.backends";
    private static final String EMBEDDED = "embedded";
    private static final String CONTAINERS = "containers";

    private static @Nullable RunningBackends running;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(SharedBackends::close, "backends-close"));
    }

    private SharedBackends() {}

    static synchronized Backends get() {
        var now = running;
        if (now == null) {
            BackendLogs.quiet();
            now = start(System.getProperty(CHOICE, EMBEDDED).toLowerCase(Locale.ROOT));
            running = now;
            System.out.println("Backends: " + now.described());
        }
        return now.backends();
    }

    static synchronized void close() {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    /** If containers are asked for and cannot start, the tests fail; the embedded backends are never a fallback. */
    private static RunningBackends start(String choice) {
        return switch (choice) {
            case EMBEDDED -> EmbeddedBackends.start();
            case CONTAINERS -> ContainerBackends.start();
            default ->
                throw new IllegalArgumentException(
                        "-D" + CHOICE + " is " + EMBEDDED + " or " + CONTAINERS + ", not '" + choice + "'");
        };
    }
}
