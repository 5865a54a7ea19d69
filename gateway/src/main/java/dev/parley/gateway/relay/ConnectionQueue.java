package dev.parley.gateway.relay;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.connection.ServerFrame.RequestRefused;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.FrameCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is still to be written to one connection. Nothing here blocks, so one stalled reader costs the others nothing.
 *
 * <p>Events are not queued: each stream that the connection follows has a cursor into its {@link BufferedStream}, and the writer takes
 * what the cursor points at. So the past of a stream, however long, costs a connection nothing, and what has been read is exactly
 * what is before the cursor: no gap, no double. Streams take turns, an event each.
 *
 * <p>How far a reader is behind does not matter here: whether it takes what waits for it is {@link WriteProgress}. Only what is held for this
 * connection alone has a bound: frames about the connection and its requests. A reader that has more of them waiting when another one
 * comes, or whose cursor points at what is not kept any more, is closed with {@link CloseReason#READER_TOO_SLOW}. Streams out of the archive
 * are held for their readers, too: while it has that much of them to read, a connection gets no further one.
 *
 * <p>Thread-safe. One writer at a time calls {@link #poll}: it is started by {@code onWork} and must go on until null.
 */
public final class ConnectionQueue {

    /** How many ended streams a connection remembers, so that a repeated message is not sent to it twice. */
    private static final int REMEMBERED = 256;

    private final UserId owner;
    private final UserId user;
    private final int maxCopyBytes;
    private final Runnable onWork;

    private final ArrayDeque<Object> ready = new ArrayDeque<>();
    private final Map<StreamId, Cursor> cursors = new HashMap<>(4);
    private final Map<StreamId, SessionKey> seen = new LinkedHashMap<>(4);

    /** What is to be said of a session when the rest of its streams that are over is written. */
    private final Map<SessionKey, byte[]> afterSession = new HashMap<>(1);

    private long copies;
    private long behind;
    private boolean writing;
    private boolean ending;
    private boolean ended;
    private @Nullable CloseReason endedFor;

    /**
     * @param maxCopyBytes bound on the frames that wait for this connection alone
     * @param onWork called when there is something to write and no writer is at it; must not block
     */
    public ConnectionQueue(UserId user, int maxCopyBytes, Runnable onWork) {
        this(user, user, maxCopyBytes, onWork);
    }

    /**
     * For who looks at what is another's.
     *
     * @param owner whose connection it is: it counts as one of this user's
     * @param user whose streams it gets
     * @param maxCopyBytes as above
     * @param onWork as above
     */
    public ConnectionQueue(UserId owner, UserId user, int maxCopyBytes, Runnable onWork) {
        this.owner = owner;
        this.user = user;
        this.maxCopyBytes = maxCopyBytes;
        this.onWork = onWork;
    }

    UserId owner() {
        return owner;
    }

    public UserId user() {
        return user;
    }

    /** Says something about the connection or one of its requests. */
    public void send(ServerFrame frame) {
        sendRaw(FrameCodec.encode((Record) frame));
    }

    void sendRaw(byte[] frame) {
        enqueue(new QueueItem.Control(frame, frame.length), frame.length);
    }

    /** Says something that others are told too, after what is still to be written of the streams of a session that are over. */
    void sendAfter(SessionKey session, byte[] frame) {
        boolean start;
        synchronized (this) {
            if (ended) {
                return;
            }
            afterSession.put(session, frame);
            sayIfRead(session);
            start = startsWriting();
        }
        runIf(start);
    }

    private void sayIfRead(SessionKey session) {
        boolean unread = cursors.values().stream()
                .anyMatch(cursor ->
                        cursor.stream.isOver() && cursor.stream.session().equals(session));
        byte[] frame = unread ? null : afterSession.remove(session);
        if (frame != null) {
            ready.add(new QueueItem.Control(frame, 0));
        }
    }

    public void ping() {
        enqueue(new QueueItem.Ping(), 0);
    }

    private void enqueue(QueueItem item, int bytes) {
        boolean start;
        synchronized (this) {
            if (ended) {
                return;
            }
            ready.add(item);
            grow(bytes);
            start = startsWriting();
        }
        runIf(start);
    }

    /** A request that was taken turns out to be one that cannot be done. */
    public void refuse(RequestRefused why) {
        enqueue(new QueueItem.Refused(why), 0);
    }

    /** Ends the connection after what is being written now; what was still to be written is given up. The first reason counts. */
    public void close(CloseReason why) {
        boolean start;
        synchronized (this) {
            end(why);
            start = startsWriting();
        }
        runIf(start);
    }

    /** Ends the connection after all that is to be written by now. */
    public void closeAfterRest(CloseReason why) {
        synchronized (this) {
            ending = true;
        }
        enqueue(new QueueItem.Close(why), 0);
    }

    /** The connection is gone: nobody will write any more. */
    public synchronized void abandon() {
        ended = true;
        writing = true;
        clear();
    }

    /**
     * Follows a stream from a seq on, instead of whatever of it was followed before.
     *
     * @return false if the connection is ended
     */
    boolean follow(BufferedStream stream, long fromSeq, @Nullable ServerFrame atPastEnd) {
        boolean start;
        synchronized (this) {
            if (ended) {
                return false;
            }
            drop(stream.id());
            seen.remove(stream.id());
            Cursor cursor = new Cursor(stream, fromSeq, stream.length(), atPastEnd);
            stream.hold();
            cursors.put(stream.id(), cursor);
            makeReady(cursor);
            start = startsWriting();
        }
        runIf(start);
        return true;
    }

    /**
     * Reads a stream that it follows from somewhere else, from where it is.
     *
     * @param atPastEnd what to say where the past ends, if that was not said yet
     */
    void readInstead(BufferedStream stream, ServerFrame atPastEnd) {
        boolean start;
        synchronized (this) {
            Cursor before = cursors.get(stream.id());
            if (ended || before == null) {
                return;
            }
            ServerFrame unsaid = before.atPastEnd == null ? null : atPastEnd;
            drop(stream.id());
            Cursor cursor = new Cursor(stream, before.next, stream.length(), unsaid);
            stream.hold();
            cursors.put(stream.id(), cursor);
            makeReady(cursor);
            start = startsWriting();
        }
        runIf(start);
    }

    /** Follows a stream no more, and forgets that it did. */
    void unfollow(StreamId stream) {
        boolean start;
        synchronized (this) {
            drop(stream);
            seen.remove(stream);
            start = startsWriting();
        }
        runIf(start);
    }

    /** As {@link #unfollow}, of a stream of which nothing more comes, though it has no end. */
    void lose(StreamId stream) {
        boolean start;
        synchronized (this) {
            if (cursors.containsKey(stream) && !ended) {
                ready.add(new QueueItem.Lost(stream));
            }
            drop(stream);
            seen.remove(stream);
            start = startsWriting();
        }
        runIf(start);
    }

    /** Whether the connection has got, or is getting, this stream. */
    public synchronized boolean knows(StreamId stream) {
        Cursor cursor = cursors.get(stream);
        return (cursor != null && !cursor.stream.isDeleted()) || seen.containsKey(stream);
    }

    /** The ids of a deleted conversation are new again. */
    synchronized void forget(SessionKey session) {
        seen.values().removeIf(session::equals);
    }

    /** The streams that it follows. */
    synchronized List<BufferedStream> following() {
        List<BufferedStream> all = new ArrayList<>(cursors.size());
        cursors.values().forEach(cursor -> all.add(cursor.stream));
        return all;
    }

    /** Whether nothing follows but what is asked for from now on. */
    public synchronized boolean followsNothing() {
        return cursors.isEmpty();
    }

    /** Whether it may get one more stream out of the archive: how large that is does not matter, only what is left of the others. */
    synchronized boolean hasRoomForPast(int mostStreams) {
        int streams = 0;
        long bytes = 0;
        for (Cursor cursor : cursors.values()) {
            if (cursor.stream.isPast()) {
                streams++;
                bytes += cursor.stream.bytes();
            }
        }
        return streams < mostStreams && bytes <= maxCopyBytes;
    }

    synchronized boolean followsAnyOf(SessionKey session) {
        return cursors.values().stream()
                .anyMatch(cursor -> cursor.stream.session().equals(session));
    }

    /** A followed stream has a new event. Who claims to have seen it hears of its end all the same. */
    void announce(BufferedStream stream, long seq, int bytes) {
        boolean start;
        synchronized (this) {
            Cursor cursor = cursors.get(stream.id());
            boolean news = cursor != null && (seq >= cursor.next || stream.isOver());
            if (ended || cursor == null || cursor.stream != stream || !news) {
                return;
            }
            if (cursor.caughtUp && seq >= cursor.next) {
                cursor.pending += bytes;
                behind += bytes;
            }
            makeReady(cursor);
            start = startsWriting();
        }
        runIf(start);
    }

    /** What to write next; null when there is nothing, and then the writer stops until {@code onWork} starts it again. */
    public synchronized @Nullable QueueItem poll() {
        while (true) {
            switch (ready.poll()) {
                case null -> {
                    writing = false;
                    return null;
                }
                case QueueItem.Control control -> {
                    copies -= control.copyBytes();
                    return control;
                }
                case QueueItem.Refused refused -> {
                    return refused;
                }
                case QueueItem.Lost lost -> {
                    return lost;
                }
                case QueueItem.Close close -> {
                    ended = true;
                    endedFor = close.why();
                    clear();
                    return close;
                }
                case QueueItem.Ping ping -> {
                    return ping;
                }
                case Cursor cursor -> {
                    QueueItem next = cursors.get(cursor.stream.id()) == cursor ? advance(cursor) : null;
                    if (next != null) {
                        return next;
                    }
                }
                case Object other -> throw new IllegalStateException("unknown work: " + other.getClass());
            }
        }
    }

    private @Nullable QueueItem advance(Cursor cursor) {
        cursor.ready = false;
        ServerFrame pastEnd = cursor.atPastEnd;
        if (pastEnd != null && cursor.next >= cursor.pastEnd) {
            cursor.atPastEnd = null;
            makeReady(cursor);
            return new QueueItem.Control(FrameCodec.encode((Record) pastEnd), 0);
        }
        return switch (cursor.stream.look(cursor.next)) {
            case BufferedStream.Look.Event(EventRecord record) -> step(cursor, record);
            case BufferedStream.Look.Forgotten _ -> {
                end(CloseReason.READER_TOO_SLOW);
                yield null;
            }
            case BufferedStream.Look.End _ -> finish(cursor);
            case BufferedStream.Look.NotYet _ -> {
                cursor.caughtUp = true;
                yield null;
            }
        };
    }

    private QueueItem step(Cursor cursor, EventRecord record) {
        QueueItem.Event event = new QueueItem.Event(cursor.stream, cursor.next, record, cursor.caughtUp);
        cursor.next++;
        long settled = Math.min(cursor.pending, record.value().length);
        cursor.pending -= settled;
        behind -= settled;
        makeReady(cursor);
        return event;
    }

    /** @return what is to be said at the end, if anything is */
    private @Nullable QueueItem finish(Cursor cursor) {
        drop(cursor.stream.id());
        if (!cursor.stream.isDeleted()) {
            seen.put(cursor.stream.id(), cursor.stream.session());
        }
        if (seen.size() > REMEMBERED) {
            Iterator<StreamId> oldest = seen.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return cursor.next > cursor.stream.length() ? neverCameThatFar(cursor.stream) : null;
    }

    private static QueueItem neverCameThatFar(BufferedStream stream) {
        ErrorCode code = ErrorCode.INVALID_MESSAGE_FORMAT;
        return new QueueItem.Refused(new RequestRefused(
                code,
                "after_seq: the stream ended before that",
                code.retryable(),
                stream.id().message(),
                stream.session().session(),
                null));
    }

    private void makeReady(Cursor cursor) {
        if (!cursor.ready) {
            cursor.ready = true;
            ready.add(cursor);
        }
    }

    private void drop(StreamId stream) {
        Cursor cursor = cursors.remove(stream);
        if (cursor != null) {
            cursor.stream.release();
        }
        if (cursor != null && !ended) {
            behind -= cursor.pending;
            sayIfRead(cursor.stream.session());
        }
    }

    /** One frame is always taken, however large it is: what counts is what was left of the others. */
    private void grow(int bytes) {
        if (copies > maxCopyBytes) {
            end(CloseReason.READER_TOO_SLOW);
        } else {
            copies += bytes;
        }
    }

    private void end(CloseReason why) {
        if (!ended) {
            ended = true;
            endedFor = why;
            clear();
            ready.add(new QueueItem.Close(why));
        }
    }

    /** What it follows is still known: {@link Relay#disconnect} takes it off those streams. */
    private void clear() {
        ready.clear();
        copies = 0;
        behind = 0;
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

    /** Whether the connection is ended, or will be after what is still to be written: what the client says now comes too late. */
    public synchronized boolean isEnding() {
        return ending || ended;
    }

    /** Why the connection is ended from this side, if it is; the close frame may still be under way, or never get there. */
    public synchronized @Nullable CloseReason endedFor() {
        return endedFor;
    }

    /** Bytes of the frames that wait for this connection alone. */
    public synchronized long copies() {
        return copies;
    }

    /** Bytes that the reader has not taken yet: its own frames, and the live events that it is behind. */
    public synchronized long backlog() {
        return copies + behind;
    }

    private static final class Cursor {

        final BufferedStream stream;
        final long pastEnd;
        long next;

        @Nullable
        ServerFrame atPastEnd;

        boolean caughtUp;
        boolean ready;
        long pending;

        Cursor(BufferedStream stream, long next, long pastEnd, @Nullable ServerFrame atPastEnd) {
            this.stream = stream;
            this.next = next;
            this.pastEnd = pastEnd;
            this.atPastEnd = atPastEnd;
        }
    }
}
