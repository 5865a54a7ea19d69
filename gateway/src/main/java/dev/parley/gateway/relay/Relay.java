package dev.parley.gateway.relay;

import dev.parley.gateway.settings.WindowSettings;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.Verdict;
import dev.parley.schema.log.Verdict.Accepted;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Brings the log to the connections. A connection that follows a stream gets each accepted event once and in order, from the seq that it asked
 * for to the end, however its requests and the records of the log interleave: all changes of followers happen under one lock, and events are read
 * through cursors ({@link ConnectionQueue}).
 *
 * <p>Thread-safe; nothing here blocks. Times are milliseconds of a monotonic clock.
 */
public final class Relay {

    private final HotWindow window;
    private final PastStreamMemory past;
    private final ConnectionRegistry connections = new ConnectionRegistry();
    private final StreamListeners listeners = new StreamListeners();
    private final Followers followers;
    private final HotStreams streams;

    public Relay(WindowSettings settings) {
        this(settings, new PastStreamMemory(settings.memoryBytes()));
    }

    /** @param past the memory for streams that are evicted and still read */
    public Relay(WindowSettings settings, PastStreamMemory past) {
        this.window = new HotWindow(settings, past);
        this.past = past;
        this.followers = new Followers(connections, window);
        this.streams = new HotStreams(window, this);
    }

    /** What this gateway knows of recent streams. */
    public HotStreams streams() {
        return streams;
    }

    // ---- the log
    // -----------------------------------------------------------------------------------------------------

    /** The partition of {@code chat.events} is read from this offset on. */
    public synchronized void readFrom(int partition, long offset) {
        window.readFrom(partition, offset);
    }

    /** The next record of a stream, in the order of its partition. @return whether it counts */
    public synchronized Verdict onEvent(
            RecordPosition position, EventHead.OfStream head, EventRecord record, long nowMs) {
        BufferedStream before = window.find(head.stream());
        long seq = before == null ? 0 : before.length();
        Verdict verdict = window.accept(position, head, record, nowMs);
        BufferedStream stream = window.find(head.stream());
        if (stream != null && verdict instanceof Accepted accepted) {
            if (head.entry() instanceof Entry.Start) {
                followers.membersFollowFromStart(head.session(), stream);
            }
            if (accepted.after().length() > seq) {
                followers.announce(stream, seq, record.value().length);
            }
        }
        listeners.onChange(head.stream());
        window.evict(nowMs);
        return verdict;
    }

    /** This gateway has published a message. */
    public synchronized void onRequested(StreamId id, SessionKey session, long nowMs) {
        window.requested(id, session, nowMs);
        onRequested(id, nowMs);
    }

    /** A message's command was read from the log. */
    public synchronized void onRequested(StreamId id, SessionKey session, LoggedMessage command, long nowMs) {
        BufferedStream dropped = window.requested(id, session, command, nowMs);
        if (dropped != null) {
            followers.endDeleted(dropped);
        }
        onRequested(id, nowMs);
    }

    private void onRequested(StreamId id, long nowMs) {
        BufferedStream stream = window.find(id);
        if (stream != null && stream.isRequested()) {
            followers.membersFollowFromStart(stream.session(), stream);
        }
        listeners.onChange(id);
        window.evict(nowMs);
    }

    /**
     * A conversation was deleted: its texts are dropped and its message ids may be used again. Connections that show it get the record's value, after
     * the rest of its streams that are over.
     *
     * @return false if the deletion repeats an earlier one and changes nothing
     */
    public synchronized boolean onDeleted(RecordPosition position, EventHead.OfSession head, byte[] value) {
        SessionKey session = head.session();
        List<BufferedStream> deleted = window.deleted(position, head);
        if (deleted == null) {
            return false;
        }
        for (ConnectionQueue connection : connections.of(session.user())) {
            if (connections.members(session).contains(connection) || connection.followsAnyOf(session)) {
                connection.sendAfterSession(session, value);
            }
        }
        deleted.forEach(followers::endDeleted);
        connections.of(session.user()).forEach(connection -> connection.forgetDelivered(session));
        return true;
    }

    /** Evicts what is too old; to be called every few seconds. */
    public synchronized void sweep(long nowMs) {
        window.evict(nowMs);
        window.evictSilent(nowMs);
    }

    // ---- connections
    // -------------------------------------------------------------------------------------------------

    /**
     * Adds a connection.
     *
     * @return how many connections to this gateway its owner has now, this one among them. Of several that are added at once, each has a number
     *     of its own, so that a limit refuses the last ones and no earlier one.
     */
    public synchronized int connect(ConnectionQueue connection) {
        connections.add(connection);
        return connections.countOf(connection.owner());
    }

    public synchronized void disconnect(ConnectionQueue connection) {
        connection.followedStreams().forEach(stream -> followers.unfollow(connection, stream));
        connections.remove(connection);
        connection.discard();
    }

    /**
     * Sends a stream from its start, now or when it starts, unless the connection has it already.
     *
     * @return false if the start was evicted
     */
    public synchronized boolean attach(ConnectionQueue connection, StreamId id, SessionKey session, long nowMs) {
        BufferedStream stream = window.findOrAdd(id, session, nowMs);
        followers.followFromStart(connection, stream);
        return connection.hasStream(id) || !stream.hasEvicted(0);
    }

    /** As {@link #attach}, for a stream from the archive. */
    public synchronized ResumeResult attachPast(ConnectionQueue connection, BufferedStream stream) {
        if (!followers.hasRoomForPastStream(connection)) {
            return ResumeResult.TOO_MANY_PAST_STREAMS;
        }
        followers.followFromStart(connection, stream);
        return ResumeResult.RESUMED;
    }

    /** Sends the events of a stream after a seq, then {@code resumed}, then live events. */
    public synchronized ResumeResult resume(ConnectionQueue connection, StreamId id, long afterSeq) {
        BufferedStream stream = window.find(id);
        return stream == null || streams.state(id) == StreamState.UNKNOWN
                ? ResumeResult.UNKNOWN
                : followers.resume(connection, stream, afterSeq);
    }

    /** As {@link #resume}, for a stream from the archive. */
    public synchronized ResumeResult resumePast(ConnectionQueue connection, BufferedStream stream, long afterSeq) {
        return followers.hasRoomForPastStream(connection)
                ? followers.resume(connection, stream, afterSeq)
                : ResumeResult.TOO_MANY_PAST_STREAMS;
    }

    /** The archive has a stream that connections await here: they get it from there, unless they read too many past streams already. */
    public synchronized void onPastStreamFound(BufferedStream found) {
        BufferedStream requested = window.find(found.id());
        if (requested == null || !isAwaited(found.id())) {
            return;
        }
        followers.switchToPast(requested, found);
        if (requested.followers().isEmpty()) {
            window.removeIfEmpty(requested);
        }
    }

    /**
     * Calls the listener after each command and each record of a stream that is read here, whether the stream is known now or not. The
     * listener runs under the relay's lock: it must only hand over to another thread.
     */
    public synchronized void listen(StreamId id, Runnable listener) {
        listeners.add(id, listener);
    }

    public synchronized void stopListening(StreamId id, Runnable listener) {
        listeners.remove(id, listener);
    }

    /** Whether a connection follows a requested stream that has no events. */
    public synchronized boolean isAwaited(StreamId id) {
        BufferedStream stream = window.find(id);
        return stream != null
                && stream.isRequested()
                && stream.hasNoEvents()
                && !stream.followers().isEmpty();
    }

    /** Stops following a stream that has no events. @return false if the connection does not follow it, or it has events */
    public synchronized boolean stopWaiting(ConnectionQueue connection, StreamId id) {
        BufferedStream stream = window.find(id);
        if (stream == null || !stream.hasNoEvents() || !stream.followers().contains(connection)) {
            return false;
        }
        followers.unfollow(connection, stream);
        return true;
    }

    /** As {@link #join(ConnectionQueue, SessionKey, int, BooleanSupplier)}, for a connection that surely still wants it. */
    boolean join(ConnectionQueue connection, SessionKey session, int maxSessions) {
        return join(connection, session, maxSessions, () -> true);
    }

    /**
     * Sends the active streams of a session from their start, and those that start later.
     *
     * @param wanted whether the connection has not left the session meanwhile; asked under the lock that {@link #leave} takes
     * @return false if the connection has joined too many sessions
     */
    public synchronized boolean join(
            ConnectionQueue connection, SessionKey session, int maxSessions, BooleanSupplier wanted) {
        if (!connections.contains(connection) || !wanted.getAsBoolean()) {
            return true;
        }
        if (connections.joinedCount(connection) >= maxSessions) {
            return false;
        }
        followers.join(connection, session);
        return true;
    }

    /** Sends no more of a session, not even streams that the connection requested itself. */
    public synchronized void leave(ConnectionQueue connection, SessionKey session) {
        followers.leave(connection, session);
    }

    // ---- numbers
    // -----------------------------------------------------------------------------------------------------

    /** How many connections to this gateway a user owns. */
    public synchronized int connectionsOf(UserId owner) {
        return connections.countOf(owner);
    }

    /** The owners whose number of connections has changed since the last call, with the number. */
    public synchronized Map<UserId, Integer> drainChangedConnections() {
        return connections.drainChanged();
    }

    /** The number of connections of each owner. */
    public synchronized Map<UserId, Integer> allConnections() {
        return connections.counts();
    }

    public synchronized int connections() {
        return connections.size();
    }

    /** Bytes that wait in all connection queues. */
    public synchronized long backlogBytes() {
        return connections.all().stream()
                .mapToLong(ConnectionQueue::backlogBytes)
                .sum();
    }

    /** Bytes of past streams, which are held only for their readers. */
    public long pastBytes() {
        return past.allocatedBytes();
    }
}
