package dev.parley.engine.kafka;

import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.engine.stream.StreamTask;
import dev.parley.service.logging.RateLimitedLog;

/** Logs takeovers, one line for each purpose and minute. Thread-safe. */
final class TakeoverLog {

    private final RateLimitedLog lines;

    TakeoverLog(RateLimitedLog lines) {
        this.lines = lines;
    }

    /** To be called for each stream writer that is started; all but takeovers are ignored. */
    void log(StreamTask task) {
        if (task.action() instanceof Decision.TakeOver(Purpose purpose)) {
            lines.log(
                    "takeover " + purpose.verb(),
                    "A stream of partition {} is taken over from another writer as attempt {}, to {} it",
                    task.address().partition(),
                    task.claim().attempt(),
                    purpose.verb());
        }
    }
}
