package dev.parley.engine.kafka;

import dev.parley.engine.run.Order;
import dev.parley.schema.logging.RateLimitedLog;
import java.util.Locale;

/** Tells of takeovers, one line a purpose and minute. Safe for use by several threads. */
final class TakeoverLog {

    private final RateLimitedLog lines;

    TakeoverLog(RateLimitedLog lines) {
        this.lines = lines;
    }

    /** Called for each stream that is started; all but takeovers are ignored. */
    void log(Order order) {
        if (order.task() instanceof Order.Task.TakeOver takeOver) {
            lines.log(
                    "takeover " + takeOver.purpose(),
                    "A stream of partition {} is taken over from another writer as attempt {}, to {} it",
                    order.address().partition(),
                    order.claim().attempt(),
                    takeOver.purpose().name().toLowerCase(Locale.ROOT));
        }
    }
}
