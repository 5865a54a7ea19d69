package dev.parley.gateway.relay;

import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.connection.ServerFrame.RequestRefused;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.FrameCodec;
import java.util.List;
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
    private final Runnable onWork;
    private final ReadyEntries ready;
    private final FollowedStreams followed = new FollowedStreams();
    private final StreamReader reader;
    private boolean writing;
    private boolean ending;

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
        this.ready = new ReadyEntries(maxOwnBytes);
        this.reader = new StreamReader(ready, followed);
        this.onWork = onWork;
    }

    UserId owner() {
        return owner;
    }

    public UserId user() {
        return user;
    }

    /** Changes the queue, and starts the writer if it has something to write and does not run. */
    private void update(Runnable change) {
        boolean start;
        synchronized (this) {
            change.run();
            start = startsWriting();
        }
        runIf(start);
    }

    private boolean startsWriting() {
        boolean start = !writing && !ready.isEmpty();
        writing |= start;
        return start;
    }

    private void runIf(boolean start) {
        if (start) {
            onWork.run();
        }
    }

    // ---- frames
    // ------------------------------------------------------------------------------------------------------

    /** Queues a frame about the connection or one of its requests. */
    public void send(ServerFrame frame) {
        byte[] bytes = FrameCodec.encode((Record) frame);
        add(new QueueItem.Frame(bytes, bytes.length));
    }

    /** Queues a heartbeat. */
    public void ping() {
        add(new QueueItem.Ping());
    }

    /** Tells the client that a request which was accepted cannot be fulfilled. */
    public void refuse(RequestRefused why) {
        add(new QueueItem.Refused(why));
    }

    private void add(QueueItem item) {
        update(() -> ready.addOwn(item));
    }

    /** Queues a frame that other connections get too, behind the rest of the session's streams that are over. */
    void sendAfterSession(SessionKey session, byte[] frame) {
        update(() -> reader.sendAfterSession(session, frame));
    }

    // ---- the end of the connection
    // -----------------------------------------------------------------------------------

    /** Closes the connection after the item that is being written; the rest is dropped. The first reason counts. */
    public void close(CloseReason reason) {
        update(() -> ready.end(reason));
    }

    /** Closes the connection after all items that are queued now. */
    public void closeWhenWritten(CloseReason reason) {
        update(() -> {
            ending = true;
            ready.addOwn(new QueueItem.Close(reason));
        });
    }

    /** The connection is gone, and no writer will run any more. {@link Relay#disconnect} removes it from the followed streams. */
    public synchronized void discard() {
        writing = true;
        ready.discard();
    }

    /** Whether the connection is closed, or will be when the queue is written: further frames from the client have no effect. */
    public synchronized boolean isEnding() {
        return ending || ready.isEnded();
    }

    /** Why this gateway closes the connection; null if it does not. The close frame may not have been written yet. */
    public synchronized @Nullable CloseReason closeReason() {
        return ready.closeReason();
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
            if (ready.isEnded()) {
                return false;
            }
            reader.follow(stream, fromSeq, frameAtPastEnd);
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
        update(() -> reader.switchTo(stream, frameAtPastEnd));
    }

    /** Stops following a stream; if it is requested again, it is sent again. */
    void unfollow(StreamId stream) {
        update(() -> reader.unfollow(stream));
    }

    /** As {@link #unfollow}, and tells the reader that the stream was deleted. */
    void endDeleted(StreamId stream) {
        update(() -> reader.endDeleted(stream));
    }

    /** A followed stream has a new event. */
    void announce(BufferedStream stream, long seq, int bytes) {
        update(() -> reader.announce(stream, seq, bytes));
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
        return followed.hasRoomForPastStream(maxStreams, ready.maxOwnBytes());
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
                    return item;
                }
                case StreamCursor cursor -> {
                    QueueItem next = reader.next(cursor);
                    if (next != null) {
                        return next;
                    }
                }
            }
        }
    }

    /** Bytes of the frames that wait for this connection alone. */
    public synchronized long ownBytes() {
        return ready.ownBytes();
    }

    /** Bytes that the reader has not taken: its own frames, and live events that it is behind. */
    public synchronized long backlogBytes() {
        return ready.isEnded() ? 0 : ready.ownBytes() + followed.lagBytes();
    }
}
