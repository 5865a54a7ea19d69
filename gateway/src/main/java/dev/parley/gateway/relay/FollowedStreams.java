package dev.parley.gateway.relay;

import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The streams that a connection follows, and those that it has read to the end. Not thread-safe: {@link ConnectionQueue} guards it. */
final class FollowedStreams {

    private final Map<StreamId, StreamCursor> cursors = new HashMap<>(4);
    private final DeliveredStreams delivered = new DeliveredStreams();

    /** Follows a stream from a seq on, in place of an earlier cursor into it. */
    StreamCursor follow(BufferedStream stream, long fromSeq, @Nullable ServerFrame frameAtPastEnd) {
        remove(stream.id());
        delivered.remove(stream.id());
        return add(new StreamCursor(stream, fromSeq, frameAtPastEnd));
    }

    /** Goes on in another buffer of the same stream, at the same seq. @return null if the stream is not followed */
    @Nullable
    StreamCursor switchTo(BufferedStream stream, ServerFrame frameAtPastEnd) {
        StreamCursor before = remove(stream.id());
        return before == null
                ? null
                : add(new StreamCursor(
                        stream, before.nextSeq(), before.frameAtPastEnd() == null ? null : frameAtPastEnd));
    }

    private StreamCursor add(StreamCursor cursor) {
        cursor.stream().retain();
        cursors.put(cursor.stream().id(), cursor);
        return cursor;
    }

    /** Stops following a stream, which is sent again when it is requested again. @return its cursor, if it was followed */
    @Nullable
    StreamCursor forget(StreamId stream) {
        delivered.remove(stream);
        return remove(stream);
    }

    private @Nullable StreamCursor remove(StreamId stream) {
        StreamCursor cursor = cursors.remove(stream);
        if (cursor != null) {
            cursor.stream().release();
        }
        return cursor;
    }

    /** The cursor has reached the end of its stream. */
    void finish(StreamCursor cursor) {
        remove(cursor.stream().id());
        if (!cursor.stream().isDeleted()) {
            delivered.add(cursor.stream());
        }
    }

    /**
     * A stream has a new event. A reader that is ahead of the stream needs its end too.
     *
     * @return the cursor that can advance, if there is one
     */
    @Nullable
    StreamCursor onEvent(BufferedStream stream, long seq, int bytes) {
        StreamCursor cursor = cursors.get(stream.id());
        if (cursor == null || cursor.stream() != stream || (seq < cursor.nextSeq() && !stream.isOver())) {
            return null;
        }
        if (cursor.isCaughtUp() && seq >= cursor.nextSeq()) {
            cursor.addAnnouncedBytes(bytes);
        }
        return cursor;
    }

    /** Whether the cursor was not replaced or removed. */
    boolean isCurrent(StreamCursor cursor) {
        return cursors.get(cursor.stream().id()) == cursor;
    }

    /** Whether the stream is followed or was read to the end. */
    boolean contains(StreamId stream) {
        StreamCursor cursor = cursors.get(stream);
        return (cursor != null && !cursor.stream().isDeleted()) || delivered.contains(stream);
    }

    boolean isFollowed(StreamId stream) {
        return cursors.containsKey(stream);
    }

    /** The ids of a deleted session may be used for other streams. */
    void forgetDelivered(SessionKey session) {
        delivered.removeAll(session);
    }

    List<BufferedStream> all() {
        return cursors.values().stream().map(StreamCursor::stream).toList();
    }

    boolean isEmpty() {
        return cursors.isEmpty();
    }

    boolean areAllPast() {
        return cursors.values().stream().allMatch(cursor -> cursor.stream().isPast());
    }

    boolean hasAnyOf(SessionKey session) {
        return all().stream().anyMatch(stream -> stream.session().equals(session));
    }

    /** Whether streams of the session are over and not read to the end. */
    boolean hasUnreadEndOf(SessionKey session) {
        return all().stream()
                .anyMatch(stream -> stream.isOver() && stream.session().equals(session));
    }

    /** Whether one more past stream may be followed: those that are followed reach neither bound. */
    boolean hasRoomForPastStream(int maxStreams, int maxBytes) {
        List<BufferedStream> past =
                all().stream().filter(BufferedStream::isPast).toList();
        return past.size() < maxStreams
                && past.stream().mapToLong(BufferedStream::bytes).sum() <= maxBytes;
    }

    /** Bytes of live events that were announced and not taken. */
    long lagBytes() {
        return cursors.values().stream().mapToLong(StreamCursor::announcedBytes).sum();
    }
}
