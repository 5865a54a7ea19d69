package dev.parley.engine.stream;

import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;

/** The records of one claim that the log has not acknowledged yet, and what is known of the others. Not thread-safe. */
final class Unacknowledged {
    private int count;
    private boolean chunk;
    private boolean hasEnd;
    private boolean uncertain;
    private long lastChangeAt;

    Unacknowledged(long now) {
        lastChangeAt = now;
    }

    static boolean isChunk(StreamEvent event) {
        return event instanceof ContentChunk || event instanceof ThinkingChunk;
    }

    void sent(StreamEvent event, long now) {
        sentControl(now);
        chunk |= isChunk(event);
    }

    void sentControl(long now) {
        count++;
        lastChangeAt = now;
    }

    void acknowledged(StreamEvent event, long now) {
        acknowledgedControl(now);
        chunk &= !isChunk(event);
        hasEnd |= event instanceof Terminal;
    }

    void acknowledgedControl(long now) {
        count--;
        lastChangeAt = now;
    }

    /** Whether a record is in the log is unknown. */
    void failed() {
        count--;
        uncertain = true;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether a chunk is among them. */
    boolean hasChunk() {
        return chunk;
    }

    /** Whether the outcome of a record is unknown. */
    boolean isUncertain() {
        return uncertain;
    }

    /** Whether the log has the stream's end, and all records before it. */
    boolean isEndWritten() {
        return hasEnd && !uncertain;
    }

    /** When a record was last sent or acknowledged. */
    long lastChangeAt() {
        return lastChangeAt;
    }

    /** Since when the log has been silent, as far as this writer knows: a record on its way shows that the writer lives. */
    long silentSince(long now) {
        return isEmpty() ? lastChangeAt : now;
    }
}
