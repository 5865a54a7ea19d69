package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.service.logging.RateLimitedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A log of one line a kind and minute, with minutes that pass when a test says so. Not thread-safe. */
public final class LoggedLines {

    private final List<String> lines = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();

    public RateLimitedLog log() {
        return RateLimitedLog.of(lines::add, (delay, task) -> {
            assertThat(delay).isEqualTo(Duration.ofMinutes(1));
            waiting.add(task);
        });
    }

    public void aMinutePasses() {
        List<Runnable> due = List.copyOf(waiting);
        waiting.clear();
        due.forEach(Runnable::run);
    }

    /** All lines since the last call. */
    public List<String> take() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }
}
