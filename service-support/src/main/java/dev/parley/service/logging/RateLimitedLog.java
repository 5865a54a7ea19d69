package dev.parley.service.logging;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes at most one line per kind and minute, so that a fault that occurs often does not fill the log.
 *
 * <p>The first message of a kind is written at once. Later ones of that kind are counted. At the end of the minute the last of them
 * is written with the count, and a new minute begins; a minute without a message forgets the kind. Kinds do not delay each other. At most
 * {@value #MAX_KINDS} kinds are distinguished at a time; messages of further kinds share one. Thread-safe.
 */
public final class RateLimitedLog {

    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final int MAX_KINDS = 1_000;
    private static final String FURTHER_KINDS = "further kinds";

    private final Consumer<String> lines;
    private final Duration interval;
    private final int maxKinds;
    private final Timer timer;
    private final Map<String, Repeats> repeats = new HashMap<>();

    /** Runs a task once, later. */
    public interface Timer {
        void after(Duration delay, Runnable task);
    }

    /** The messages of a kind since its last line. */
    private static final class Repeats {
        private long count;
        private String last = "";
    }

    RateLimitedLog(Consumer<String> lines, Duration interval, int maxKinds, Timer timer) {
        this.lines = lines;
        this.interval = interval;
        this.maxKinds = maxKinds;
        this.timer = timer;
    }

    /** Writes to the logger at level WARN. */
    public static RateLimitedLog warnings(Logger log) {
        return new RateLimitedLog(log::warn, INTERVAL, MAX_KINDS, RateLimitedLog::later);
    }

    /** Writes to the logger at level ERROR. */
    public static RateLimitedLog errors(Logger log) {
        return new RateLimitedLog(log::error, INTERVAL, MAX_KINDS, RateLimitedLog::later);
    }

    /** Writes to {@code lines} and lets {@code timer} end the minutes: for tests. */
    public static RateLimitedLog of(Consumer<String> lines, Timer timer) {
        return new RateLimitedLog(lines, INTERVAL, MAX_KINDS, timer);
    }

    /**
     * Writes the message now, or counts it.
     *
     * @param kind a cause and the thing that it concerns, such as a provider and a status; never an id that is new for each message
     * @param message with {@code {}} for each argument, as in SLF4J
     */
    public void log(String kind, String message, Object... arguments) {
        String text = MessageFormatter.basicArrayFormat(message, arguments);
        if (isFirst(kind, text)) {
            lines.accept(text);
        }
    }

    private synchronized boolean isFirst(String given, String text) {
        String kind = repeats.containsKey(given) || repeats.size() < maxKinds ? given : FURTHER_KINDS;
        Repeats known = repeats.get(kind);
        if (known != null) {
            known.count++;
            known.last = text;
            return false;
        }
        repeats.put(kind, new Repeats());
        timer.after(interval, () -> endInterval(kind));
        return true;
    }

    private void endInterval(String kind) {
        Repeats ended = nextInterval(kind);
        if (ended.count > 0) {
            lines.accept(ended.last + " (" + ended.count + (ended.count == 1 ? " time" : " times") + " in the last "
                    + interval.toSeconds() + " s)");
        }
    }

    private synchronized Repeats nextInterval(String kind) {
        Repeats ended = repeats.remove(kind);
        if (ended == null) {
            return new Repeats();
        }
        if (ended.count > 0) {
            repeats.put(kind, new Repeats());
            timer.after(interval, () -> endInterval(kind));
        }
        return ended;
    }

    private static void later(Duration delay, Runnable task) {
        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS)
                .execute(task);
    }
}
