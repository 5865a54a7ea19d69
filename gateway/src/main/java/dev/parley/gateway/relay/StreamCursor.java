package dev.parley.gateway.relay;

import dev.parley.schema.connection.ServerFrame;
import org.jspecify.annotations.Nullable;

/** Where a connection reads in a stream that it follows. Not thread-safe: {@link ConnectionQueue} guards it. */
final class StreamCursor implements ReadyEntries.Entry {

    private final BufferedStream stream;
    private final long pastEnd;
    private long nextSeq;
    private @Nullable ServerFrame frameAtPastEnd;
    private boolean caughtUp;
    private boolean queued;
    private long announcedBytes;

    /** @param frameAtPastEnd sent between the events that the stream has now and those that follow; null for no frame */
    StreamCursor(BufferedStream stream, long fromSeq, @Nullable ServerFrame frameAtPastEnd) {
        this.stream = stream;
        this.nextSeq = fromSeq;
        this.pastEnd = stream.length();
        this.frameAtPastEnd = frameAtPastEnd;
    }

    BufferedStream stream() {
        return stream;
    }

    long nextSeq() {
        return nextSeq;
    }

    /** The frame that {@link #takeFrameAtPastEnd} has not given yet. */
    @Nullable
    ServerFrame frameAtPastEnd() {
        return frameAtPastEnd;
    }

    /** The frame that is due now, once; null if it is not due. */
    @Nullable
    ServerFrame takeFrameAtPastEnd() {
        if (nextSeq < pastEnd) {
            return null;
        }
        ServerFrame due = frameAtPastEnd;
        frameAtPastEnd = null;
        return due;
    }

    /** The reader takes the event at {@link #nextSeq}. */
    QueueItem.Event take(EventRecord record) {
        announcedBytes -= Math.min(announcedBytes, record.value().length);
        return new QueueItem.Event(stream, nextSeq++, record, caughtUp);
    }

    /** The reader had all events before the next one, so the next one is live. */
    void setCaughtUp() {
        caughtUp = true;
    }

    boolean isCaughtUp() {
        return caughtUp;
    }

    void addAnnouncedBytes(int bytes) {
        announcedBytes += bytes;
    }

    /** Bytes of live events that were announced and not taken. */
    long announcedBytes() {
        return announcedBytes;
    }

    /** @return whether it was not queued before */
    boolean enterQueue() {
        boolean entered = !queued;
        queued = true;
        return entered;
    }

    void leaveQueue() {
        queued = false;
    }
}
