package dev.parley.gateway.relay;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a connection's writer takes next, in order: items, and cursors into streams that may have an event. Holds the bound on the frames that wait
 * for this connection alone, and the connection's end. Not thread-safe: {@link ConnectionQueue} guards it.
 */
final class ReadyEntries {

    /** An item, or a cursor that gives the next item of its stream. */
    sealed interface Entry permits QueueItem, StreamCursor {}

    private final int maxOwnBytes;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long ownBytes;
    private boolean ended;
    private @Nullable CloseReason closeReason;

    /** @param maxOwnBytes bound on the frames that wait for this connection alone */
    ReadyEntries(int maxOwnBytes) {
        this.maxOwnBytes = maxOwnBytes;
    }

    /** Adds an item that other connections get too. Has no effect after the end. */
    void addShared(QueueItem item) {
        if (!ended) {
            entries.add(item);
        }
    }

    /**
     * Adds an item for this connection alone. Has no effect after the end.
     *
     * <p>A single frame is always accepted, however large: the connection is closed if the earlier frames exceed the bound.
     */
    void addOwn(QueueItem item) {
        addShared(item);
        if (ownBytes > maxOwnBytes) {
            end(CloseReason.READER_TOO_SLOW);
        } else if (!ended && item instanceof QueueItem.Frame frame) {
            ownBytes += frame.ownBytes();
        }
    }

    /** Adds a cursor, unless it is queued. Has no effect after the end. */
    void add(StreamCursor cursor) {
        if (!ended && cursor.enterQueue()) {
            entries.add(cursor);
        }
    }

    /** Replaces all entries by a close. The first reason counts. */
    void end(CloseReason reason) {
        if (!ended) {
            ended = true;
            closeReason = reason;
            clear();
            entries.add(new QueueItem.Close(reason));
        }
    }

    /** Drops all entries; none is added any more. */
    void discard() {
        ended = true;
        clear();
    }

    private void clear() {
        entries.clear();
        ownBytes = 0;
    }

    /** @return null if there is none */
    @Nullable
    Entry poll() {
        Entry entry = entries.poll();
        switch (entry) {
            case null -> {}
            case StreamCursor cursor -> cursor.leaveQueue();
            case QueueItem.Frame frame -> ownBytes -= frame.ownBytes();
            case QueueItem.Close close -> {
                closeReason = close.reason();
                discard();
            }
            case QueueItem _ -> {}
        }
        return entry;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    boolean isEnded() {
        return ended;
    }

    /** Why this gateway closes the connection; null if it does not. */
    @Nullable
    CloseReason closeReason() {
        return closeReason;
    }

    int maxOwnBytes() {
        return maxOwnBytes;
    }

    long ownBytes() {
        return ownBytes;
    }
}
