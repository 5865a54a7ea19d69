package dev.parley.engine.kafka;

import dev.parley.engine.writer.StreamTask;
import dev.parley.schema.logging.RateLimitedLog;
import java.util.Locale;

/** Tells of takeovers, one line a purpose and minute. Safe for use by several threads. */
final class TakeoverLog {

    private final RateLimitedLog lines;

    TakeoverLog(RateLimitedLog lines) {
        this.lines = lines;
    }

    /** Called for each stream that is started; all but takeovers are ignored. */
    void log(StreamTask task) {
        if (task.action() instanceof StreamTask.Action.TakeOver takeOver) {
            lines.log(
                    "takeover " + takeOver.purpose(),
                    "A stream of partition {} is taken over from another writer as attempt {}, to {} it",
                    task.address().partition(),
                    task.claim().attempt(),
                    takeOver.purpose().name().toLowerCase(Locale.ROOT));
        }
    }
}
