package dev.parley.service.logging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** For tests: collects the lines of a {@link RateLimitedLog} and lets the test end its minutes. Not thread-safe. */
public final class LoggedLines {

    private final List<String> lines = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();

    public RateLimitedLog log() {
        return RateLimitedLog.of(lines::add, this::atTheEndOfTheMinute);
    }

    private void atTheEndOfTheMinute(Duration delay, Runnable task) {
        if (!delay.equals(Duration.ofMinutes(1))) {
            throw new IllegalArgumentException("expected an interval of one minute, not " + delay);
        }
        waiting.add(task);
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
