package dev.parley.gateway.relay;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.connection.ServerFrame.RequestRefused;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.FrameCodec;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the streams that a connection follows: queues each cursor that may have an event, and gives the item at a cursor. Not thread-safe:
 * {@link ConnectionQueue} guards it.
 */
final class StreamReader {

    private final ReadyEntries ready;
    private final FollowedStreams followed;
    /** Frames that wait until the connection has read the ended streams of a session. */
    private final Map<SessionKey, byte[]> afterSession = new HashMap<>(1);

    StreamReader(ReadyEntries ready, FollowedStreams followed) {
        this.ready = ready;
        this.followed = followed;
    }

    /** See {@link ConnectionQueue#follow}. */
    void follow(BufferedStream stream, long fromSeq, @Nullable ServerFrame frameAtPastEnd) {
        ready.add(followed.follow(stream, fromSeq, frameAtPastEnd));
        sendIfSessionRead(stream.session());
    }

    /** See {@link ConnectionQueue#switchTo}. */
    void switchTo(BufferedStream stream, ServerFrame frameAtPastEnd) {
        StreamCursor cursor = ready.isEnded() ? null : followed.switchTo(stream, frameAtPastEnd);
        if (cursor != null) {
            ready.add(cursor);
            sendIfSessionRead(stream.session());
        }
    }

    /** Stops following a stream; if it is requested again, it is sent again. */
    void unfollow(StreamId stream) {
        StreamCursor cursor = followed.forget(stream);
        if (cursor != null) {
            sendIfSessionRead(cursor.stream().session());
        }
    }

    /** As {@link #unfollow}, and tells the reader that the stream was deleted. */
    void endDeleted(StreamId stream) {
        if (followed.isFollowed(stream)) {
            ready.addShared(new QueueItem.StreamDeleted(stream));
        }
        unfollow(stream);
    }

    /** A followed stream has a new event. */
    void announce(BufferedStream stream, long seq, int bytes) {
        StreamCursor cursor = ready.isEnded() ? null : followed.onEvent(stream, seq, bytes);
        if (cursor != null) {
            ready.add(cursor);
        }
    }

    /** Queues a frame that other connections get too, behind the rest of the session's streams that are over. */
    void sendAfterSession(SessionKey session, byte[] frame) {
        afterSession.put(session, frame);
        sendIfSessionRead(session);
    }

    private void sendIfSessionRead(SessionKey session) {
        byte[] frame = afterSession.get(session);
        if (frame != null && !followed.hasUnreadEndOf(session)) {
            afterSession.remove(session);
            ready.addShared(new QueueItem.Frame(frame, 0));
        }
    }

    /** The next item at a cursor that was taken from the queue; null if there is none now. */
    @Nullable
    QueueItem next(StreamCursor cursor) {
        if (!followed.isCurrent(cursor)) {
            return null;
        }
        ServerFrame atPastEnd = cursor.takeFrameAtPastEnd();
        if (atPastEnd != null) {
            ready.add(cursor);
            return new QueueItem.Frame(FrameCodec.encode((Record) atPastEnd), 0);
        }
        return switch (cursor.stream().look(cursor.nextSeq())) {
            case BufferedStream.Look.Event(EventRecord record) -> {
                ready.add(cursor);
                yield cursor.take(record);
            }
            case BufferedStream.Look.Evicted _ -> {
                ready.end(CloseReason.READER_TOO_SLOW);
                yield null;
            }
            case BufferedStream.Look.End _ -> finish(cursor);
            case BufferedStream.Look.NotYet _ -> {
                cursor.setCaughtUp();
                yield null;
            }
        };
    }

    /** @return a refusal if the client claimed more events than the stream has, else null */
    private @Nullable QueueItem finish(StreamCursor cursor) {
        BufferedStream stream = cursor.stream();
        followed.finish(cursor);
        sendIfSessionRead(stream.session());
        return cursor.nextSeq() > stream.length() ? seqBeyondEnd(stream) : null;
    }

    private static QueueItem seqBeyondEnd(BufferedStream stream) {
        ErrorCode code = ErrorCode.INVALID_MESSAGE_FORMAT;
        return new QueueItem.Refused(new RequestRefused(
                code,
                "after_seq: the stream ended before that",
                code.retryable(),
                stream.id().message(),
                stream.session().session(),
                null));
    }
}
