package dev.parley.projection.reader;

import dev.parley.projection.store.TurnStore.Draft;
import dev.parley.projection.turn.Turn;
import dev.parley.schema.id.StreamId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * When a turn under way is written: at its start, and then each time its text has grown by a part of what is written, but not
 * more often than an interval allows. As each write is of the whole document, growth by a part keeps the bytes written within a
 * constant factor of the text, however long it gets. Not thread-safe.
 */
final class Pacing {

    private static final int PERCENT = 100;
    private static final long SHORTEST_CHARS = 512;

    private final Duration interval;
    private final int growthPercent;
    private final Map<StreamId, Written> written = new HashMap<>();

    private record Written(Turn turn, long atNanos) {}

    /** @param growthPercent of the characters written, by which the text grows before it is written again; 0: any growth */
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
                && changed(last.turn(), turn)
                && nowNanos - last.atNanos() >= interval.toNanos();
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
            written.put(turn.stream(), new Written(turn, nowNanos));
        }
    }

    void forget(StreamId stream) {
        written.remove(stream);
    }

    private boolean changed(Turn before, Turn now) {
        return grown(chars(before), chars(now))
                || before.trace().attempts() != now.trace().attempts()
                || !Objects.equals(before.answer().emotion(), now.answer().emotion())
                || !Objects.equals(before.answer().context(), now.answer().context());
    }

    /** A short text counts as longer: what is around it costs more than itself. */
    private boolean grown(long before, long now) {
        return now > before && (now - before) * PERCENT >= Math.max(before, SHORTEST_CHARS) * growthPercent;
    }

    private static long chars(Turn turn) {
        return (long) turn.answer().text().length() + turn.answer().thinkingChars();
    }
}
