package dev.parley.systemtests;

import dev.parley.systemtests.setup.Parley;
import dev.parley.systemtests.setup.Standalone;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Everything in one process. */
class StandaloneIT extends ChatContract {

    private static @Nullable Standalone standalone;

    @BeforeAll
    static void start() throws InterruptedException {
        standalone = Standalone.start();
    }

    @AfterAll
    static void close() {
        if (standalone != null) {
            standalone.close();
        }
    }

    @Override
    Parley parley() {
        return Objects.requireNonNull(standalone);
    }
}
