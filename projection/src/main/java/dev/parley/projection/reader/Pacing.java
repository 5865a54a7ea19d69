package dev.parley.projection.reader;

import dev.parley.projection.store.TurnStore.Draft;
import dev.parley.projection.turn.Turn;
import dev.parley.schema.id.StreamId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * When a turn under way is written: at its start, at its first thought and its first words, and then each time its text, or the time since
 * those, has grown by a part of what it was at the last write; but not more often than an interval allows. As each write is of the whole
 * document, growth by a part keeps the bytes written within a constant factor of a text that comes evenly, however long it gets, and the
 * writes of any other few. Not thread-safe.
 */
final class Pacing {

    private static final int PERCENT = 100;
    private static final long SHORTEST_CHARS = 512;

    private final Duration interval;
    private final int growthPercent;
    private final Map<StreamId, Written> written = new HashMap<>();

    /** @param begunNanos when its first thought or its first words, whichever is later, were written */
    private record Written(Turn turn, long atNanos, long begunNanos) {}

    /**
     * @param growthPercent of the characters written, or of the time since the first ones were, by which it grows before the text is
     *     written again; 0: any growth
     */
    Pacing(Duration interval, int growthPercent) {
        this.interval = interval;
        this.growthPercent = growthPercent;
    }

    boolean isDue(Turn turn, long nowNanos) {
        Written last = written.get(turn.stream());
        if (last == null) {
            return true;
        }
        return turn.answer().text().isComplete()
                && nowNanos - last.atNanos() >= interval.toNanos()
                && (changed(last.turn(), turn) || chars(turn) > chars(last.turn()) && isLongAgo(last, nowNanos));
    }

    private boolean isLongAgo(Written last, long nowNanos) {
        long before = Math.max(last.atNanos() - last.begunNanos(), interval.toNanos());
        return nowNanos - last.begunNanos() >= before * (1 + (double) growthPercent / PERCENT);
    }

    /** The {@code last_offset} that this reader wrote last of a stream. */
    long writtenTo(StreamId stream) {
        Written last = written.get(stream);
        return last == null ? Draft.NOTHING : last.turn().trace().lastOffset();
    }

    void wrote(Turn turn, long nowNanos) {
        if (turn.isOver()) {
            written.remove(turn.stream());
        } else {
            Written last = written.get(turn.stream());
            long begun = last == null || begins(last.turn(), turn) ? nowNanos : last.begunNanos();
            written.put(turn.stream(), new Written(turn, nowNanos, begun));
        }
    }

    void forget(StreamId stream) {
        written.remove(stream);
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

    /** A short text counts as longer: what is around it costs more than itself. */
    private boolean grown(long before, long now) {
        return now > before && (now - before) * PERCENT >= Math.max(before, SHORTEST_CHARS) * growthPercent;
    }

    private static long chars(Turn turn) {
        return (long) turn.answer().text().length() + turn.answer().thinkingChars();
    }
}
