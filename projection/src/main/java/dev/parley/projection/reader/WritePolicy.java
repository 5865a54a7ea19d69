package dev.parley.projection.reader;

import dev.parley.schema.id.StreamId;
import dev.parley.store.turn.Turn;
import dev.parley.store.write.TurnStore.Draft;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * When an unfinished turn is written: at its start, at its first thought and its first words, and then each time its text, or the time since
 * those, has grown by a percentage of what it was at the last write; never more often than the interval allows. Each write is of the whole
 * document, so growth by a percentage keeps the bytes written within a constant factor of the text, however long it gets. Not thread-safe.
 */
final class WritePolicy {

    private static final int PERCENT = 100;
    /** Growth of a shorter text is measured against this, because the rest of its document is larger than the text. */
    private static final long MIN_CHARS = 512;

    private final Duration interval;
    private final int growthPercent;
    private final Map<StreamId, LastWrite> writes = new HashMap<>();

    /** @param begunNanos when its first thought or its first words, whichever is later, were written */
    private record LastWrite(Turn turn, long atNanos, long begunNanos) {}

    /**
     * @param growthPercent by which the characters written, or the time since the first ones were, grow before the text is written again; 0:
     *     any growth
     */
    WritePolicy(Duration interval, int growthPercent) {
        this.interval = interval;
        this.growthPercent = growthPercent;
    }

    boolean isDue(Turn turn, long nowNanos) {
        LastWrite last = writes.get(turn.stream());
        if (last == null) {
            return true;
        }
        return turn.answer().text().isComplete()
                && nowNanos - last.atNanos() >= interval.toNanos()
                && (changed(last.turn(), turn) || chars(turn) > chars(last.turn()) && isLongAgo(last, nowNanos));
    }

    private boolean isLongAgo(LastWrite last, long nowNanos) {
        long before = Math.max(last.atNanos() - last.begunNanos(), interval.toNanos());
        return nowNanos - last.begunNanos() >= before * (1 + (double) growthPercent / PERCENT);
    }

    /** A turn to save, with the hint which state of it this reader has saved last. */
    Draft draft(Turn turn) {
        LastWrite last = writes.get(turn.stream());
        return new Draft(turn, last == null ? Draft.NONE : last.turn().trace().lastOffset());
    }

    void written(Turn turn, long nowNanos) {
        if (turn.isOver()) {
            writes.remove(turn.stream());
        } else {
            LastWrite last = writes.get(turn.stream());
            long begun = last == null || begins(last.turn(), turn) ? nowNanos : last.begunNanos();
            writes.put(turn.stream(), new LastWrite(turn, nowNanos, begun));
        }
    }

    void remove(StreamId stream) {
        writes.remove(stream);
    }

    private boolean changed(Turn before, Turn now) {
        return begins(before, now)
                || grown(chars(before), chars(now))
                || before.trace().attempts() != now.trace().attempts()
                || !Objects.equals(before.answer().emotion(), now.answer().emotion())
                || !Objects.equals(before.answer().context(), now.answer().context());
    }

    private static boolean begins(Turn before, Turn now) {
        return before.answer().text().length() == 0 && now.answer().text().length() > 0
                || before.answer().thinkingChars() == 0 && now.answer().thinkingChars() > 0;
    }

    private boolean grown(long before, long now) {
        return now > before && (now - before) * PERCENT >= Math.max(before, MIN_CHARS) * growthPercent;
    }

    private static long chars(Turn turn) {
        return (long) turn.answer().text().length() + turn.answer().thinkingChars();
    }
}
