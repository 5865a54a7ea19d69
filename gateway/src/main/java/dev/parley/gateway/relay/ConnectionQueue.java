package dev.parley.gateway.relay;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.connection.ServerFrame.RequestRefused;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.FrameCodec;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written to one connection. Nothing here blocks, so a stalled reader does not delay others.
 *
 * <p>Events are not copied into the queue. Each followed stream has a {@link StreamCursor} into its {@link BufferedStream}, and the writer takes
 * the event at the cursor. A long past therefore costs a connection nothing, and no event is skipped or sent twice. Followed streams take
 * turns, one event each.
 *
 * <p>How far a reader is behind closes no connection here; {@link WriteProgress} measures whether it takes anything. Only frames that are held
 * for this connection alone are bounded. If more than the bound of them waits when another one is queued, or if the event at a cursor was
 * evicted, the connection is closed with {@link CloseReason#READER_TOO_SLOW}.
 *
 * <p>Thread-safe. One writer at a time calls {@link #poll}: {@code onWork} starts it, and it must go on until {@code poll} returns null.
 */
public final class ConnectionQueue {

    private final UserId owner;
    private final UserId user;
    private final int maxOwnBytes;
    private final Runnable onWork;
    private final ArrayDeque<Object> ready = new ArrayDeque<>();
    private final FollowedStreams followed = new FollowedStreams();
    /** Frames that wait until the connection has read the ended streams of a session. */
    private final Map<SessionKey, byte[]> afterSession = new HashMap<>(1);

    private long ownBytes;
    private boolean writing;
    private boolean ending;
    private boolean ended;
    private @Nullable CloseReason closeReason;

    /**
     * @param maxOwnBytes bound on the frames that wait for this connection alone
     * @param onWork called when an item waits and no writer runs; must not block
     */
    public ConnectionQueue(UserId user, int maxOwnBytes, Runnable onWork) {
        this(user, user, maxOwnBytes, onWork);
    }

    /**
     * For a connection that reads another user's streams.
     *
     * @param owner the user whose connection it is; it counts against this user's limit
     * @param user the user whose streams it gets
     */
    public ConnectionQueue(UserId owner, UserId user, int maxOwnBytes, Runnable onWork) {
        this.owner = owner;
        this.user = user;
        this.maxOwnBytes = maxOwnBytes;
        this.onWork = onWork;
    }

    UserId owner() {
        return owner;
    }

    public UserId user() {
        return user;
    }

    // ---- frames
    // ------------------------------------------------------------------------------------------------------

    /** Queues a frame about the connection or one of its requests. */
    public void send(ServerFrame frame) {
        sendBytes(FrameCodec.encode((Record) frame));
    }

    void sendBytes(byte[] frame) {
        enqueue(new QueueItem.Frame(frame, frame.length), frame.length);
    }

    /** Queues a frame that other connections get too, behind the rest of the session's streams that are over. */
    void sendAfterSession(SessionKey session, byte[] frame) {
        boolean start;
        synchronized (this) {
            if (ended) {
                return;
            }
            afterSession.put(session, frame);
            sendIfSessionRead(session);
            start = startsWriting();
        }
        runIf(start);
    }

    private void sendIfSessionRead(SessionKey session) {
        byte[] frame = afterSession.get(session);
        if (frame != null && !followed.hasUnreadEndOf(session)) {
            afterSession.remove(session);
            ready.add(new QueueItem.Frame(frame, 0));
        }
    }

    /** Queues a heartbeat. */
    public void ping() {
        enqueue(new QueueItem.Ping(), 0);
    }

    /** Tells the client that a request which was accepted cannot be fulfilled. */
    public void refuse(RequestRefused why) {
        enqueue(new QueueItem.Refused(why), 0);
    }

    private void enqueue(QueueItem item, int bytes) {
        boolean start;
        synchronized (this) {
            if (ended) {
                return;
            }
            ready.add(item);
            addOwnBytes(bytes);
            start = startsWriting();
        }
        runIf(start);
    }

    /** A single frame is always accepted, however large: the connection is closed if the earlier frames exceed the bound. */
    private void addOwnBytes(int bytes) {
        if (ownBytes > maxOwnBytes) {
            end(CloseReason.READER_TOO_SLOW);
        } else {
            ownBytes += bytes;
        }
    }

    // ---- the end of the connection
    // -----------------------------------------------------------------------------------

    /** Closes the connection after the item that is being written; the rest is dropped. The first reason counts. */
    public void close(CloseReason reason) {
        boolean start;
        synchronized (this) {
            end(reason);
            start = startsWriting();
        }
        runIf(start);
    }

    /** Closes the connection after all items that are queued now. */
    public void closeWhenWritten(CloseReason reason) {
        synchronized (this) {
            ending = true;
        }
        enqueue(new QueueItem.Close(reason), 0);
    }

    /** The connection is gone, and no writer will run any more. */
    public synchronized void discard() {
        ended = true;
        writing = true;
        clear();
    }

    private void end(CloseReason reason) {
        if (!ended) {
            ended = true;
            closeReason = reason;
            clear();
            ready.add(new QueueItem.Close(reason));
        }
    }

    /** The cursors stay: {@link Relay#disconnect} needs them to remove the connection from the followed streams. */
    private void clear() {
        ready.clear();
        ownBytes = 0;
    }

    // ---- followed streams
    // --------------------------------------------------------------------------------------------

    /**
     * Follows a stream from a seq on, in place of an earlier cursor into it.
     *
     * @param frameAtPastEnd sent between the events that the stream has now and those that follow; null for no frame
     * @return false if the connection is closed
     */
    boolean follow(BufferedStream stream, long fromSeq, @Nullable ServerFrame frameAtPastEnd) {
        boolean start;
        synchronized (this) {
            if (ended) {
                return false;
            }
            enqueue(followed.follow(stream, fromSeq, frameAtPastEnd));
            sendIfSessionRead(stream.session());
            start = startsWriting();
        }
        runIf(start);
        return true;
    }

    /**
     * Goes on reading a followed stream in another buffer, at the same seq.
     *
     * @param frameAtPastEnd replaces the frame given to {@link #follow}, if that was not sent yet
     */
    void switchTo(BufferedStream stream, ServerFrame frameAtPastEnd) {
        boolean start;
        synchronized (this) {
            StreamCursor cursor = ended ? null : followed.switchTo(stream, frameAtPastEnd);
            if (cursor == null) {
                return;
            }
            enqueue(cursor);
            sendIfSessionRead(stream.session());
            start = startsWriting();
        }
        runIf(start);
    }

    /** Stops following a stream; if it is requested again, it is sent again. */
    void unfollow(StreamId stream) {
        boolean start;
        synchronized (this) {
            forget(stream);
            start = startsWriting();
        }
        runIf(start);
    }

    /** As {@link #unfollow}, and tells the reader that the stream was deleted. */
    void endDeleted(StreamId stream) {
        boolean start;
        synchronized (this) {
            if (followed.isFollowed(stream) && !ended) {
                ready.add(new QueueItem.StreamDeleted(stream));
            }
            forget(stream);
            start = startsWriting();
        }
        runIf(start);
    }

    private void forget(StreamId stream) {
        StreamCursor cursor = followed.forget(stream);
        if (cursor != null && !ended) {
            sendIfSessionRead(cursor.stream().session());
        }
    }

    /** A followed stream has a new event. */
    void announce(BufferedStream stream, long seq, int bytes) {
        boolean start;
        synchronized (this) {
            StreamCursor cursor = ended ? null : followed.onEvent(stream, seq, bytes);
            if (cursor == null) {
                return;
            }
            enqueue(cursor);
            start = startsWriting();
        }
        runIf(start);
    }

    /** Whether the connection follows this stream or has read it to the end. */
    public synchronized boolean hasStream(StreamId stream) {
        return followed.contains(stream);
    }

    /** The session was deleted: its message ids may be used for other streams. */
    synchronized void forgetDelivered(SessionKey session) {
        followed.forgetDelivered(session);
    }

    synchronized List<BufferedStream> followedStreams() {
        return followed.all();
    }

    public synchronized boolean followsNothing() {
        return followed.isEmpty();
    }

    /** Whether it follows streams, and all of them are from the archive. */
    public synchronized boolean followsOnlyPastStreams() {
        return !followed.isEmpty() && followed.areAllPast();
    }

    synchronized boolean followsAnyOf(SessionKey session) {
        return followed.hasAnyOf(session);
    }

    /** Whether it may follow one more past stream: it reads fewer than {@code maxStreams}, and no more bytes of them than its bound. */
    synchronized boolean hasRoomForPastStream(int maxStreams) {
        return followed.hasRoomForPastStream(maxStreams, maxOwnBytes);
    }

    // ---- for the writer
    // ----------------------------------------------------------------------------------------------

    /** The next item to write; null if there is none, and then the writer stops until {@code onWork} is called. */
    public synchronized @Nullable QueueItem poll() {
        while (true) {
            switch (ready.poll()) {
                case null -> {
                    writing = false;
                    return null;
                }
                case QueueItem item -> {
                    onTaken(item);
                    return item;
                }
                case StreamCursor cursor -> {
                    QueueItem next = followed.isCurrent(cursor) ? advance(cursor) : null;
                    if (next != null) {
                        return next;
                    }
                }
                case Object other -> throw new IllegalStateException("Unexpected queue entry: " + other.getClass());
            }
        }
    }

    private void onTaken(QueueItem item) {
        if (item instanceof QueueItem.Frame frame) {
            ownBytes -= frame.ownBytes();
        } else if (item instanceof QueueItem.Close close) {
            ended = true;
            closeReason = close.reason();
            clear();
        }
    }

    private @Nullable QueueItem advance(StreamCursor cursor) {
        cursor.leaveQueue();
        ServerFrame atPastEnd = cursor.takeFrameAtPastEnd();
        if (atPastEnd != null) {
            enqueue(cursor);
            return new QueueItem.Frame(FrameCodec.encode((Record) atPastEnd), 0);
        }
        return switch (cursor.stream().look(cursor.nextSeq())) {
            case BufferedStream.Look.Event(EventRecord record) -> take(cursor, record);
            case BufferedStream.Look.Evicted _ -> {
                end(CloseReason.READER_TOO_SLOW);
                yield null;
            }
            case BufferedStream.Look.End _ -> finish(cursor);
            case BufferedStream.Look.NotYet _ -> {
                cursor.setCaughtUp();
                yield null;
            }
        };
    }

    private QueueItem take(StreamCursor cursor, EventRecord record) {
        QueueItem.Event event = cursor.take(record);
        enqueue(cursor);
        return event;
    }

    /** @return a refusal if the client claimed more events than the stream has, else null */
    private @Nullable QueueItem finish(StreamCursor cursor) {
        BufferedStream stream = cursor.stream();
        followed.finish(cursor);
        if (!ended) {
            sendIfSessionRead(stream.session());
        }
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

    private void enqueue(StreamCursor cursor) {
        if (cursor.enterQueue()) {
            ready.add(cursor);
        }
    }

    private boolean startsWriting() {
        if (writing || ready.isEmpty()) {
            return false;
        }
        writing = true;
        return true;
    }

    private void runIf(boolean start) {
        if (start) {
            onWork.run();
        }
    }

    /** Whether the connection is closed, or will be when the queue is written: further frames from the client have no effect. */
    public synchronized boolean isEnding() {
        return ending || ended;
    }

    /** Why this gateway closes the connection; null if it does not. The close frame may not have been written yet. */
    public synchronized @Nullable CloseReason closeReason() {
        return closeReason;
    }

    /** Bytes of the frames that wait for this connection alone. */
    public synchronized long ownBytes() {
        return ownBytes;
    }

    /** Bytes that the reader has not taken: its own frames, and live events that it is behind. */
    public synchronized long backlogBytes() {
        return ended ? 0 : ownBytes + followed.lagBytes();
    }
}
