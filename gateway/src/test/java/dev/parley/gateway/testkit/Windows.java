package dev.parley.gateway.testkit;

import dev.parley.gateway.settings.WindowSettings;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/** Makes settings of hot windows. */
public final class Windows {

    private static final Duration WARM_UP = Duration.ofMinutes(1);
    private static final int MAX_IDS = 1_000;

    private Windows() {}

    public static WindowSettings of(long maxBytes, long keepFinishedMs, long keepSilentMs) {
        return new WindowSettings(
                DataSize.ofBytes(maxBytes),
                Duration.ofMillis(keepFinishedMs),
                Duration.ofMillis(keepSilentMs),
                WARM_UP,
                MAX_IDS);
    }
}
