package dev.parley.gateway.relay;

import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.connection.ServerFrame.ActiveStream;
import dev.parley.schema.connection.ServerFrame.Resumed;
import dev.parley.schema.connection.ServerFrame.SessionJoined;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import dev.parley.schema.log.Verdict.Accepted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings the log to the connections. A connection that follows a stream gets each of its accepted events once and in order,
 * from the seq that it asked for to the end, however its requests and the tail's records fall together: all that changes who
 * follows what happens under one lock, and events are read through cursors ({@link ConnectionQueue}).
 *
 * <p>Thread-safe; nothing here blocks. Time is an argument.
 */
public final class Relay implements RecentTurns {

    /**
     * How far a client may be ahead of what this gateway has read: it may have read further at another gateway a moment ago.
     */
    private static final long MAX_AHEAD = 4_096;

    /** How many streams out of the archive a connection gets at a time: each is held in memory until it has been read. */
    private static final int MAX_PAST = 4;

    private static final Vocabulary<StreamEvent> EVENTS = Vocabulary.of(StreamEvent.class);

    private final HotWindow window;
    private final PastStreamMemory past;
    private final ConnectionRegistry hub = new ConnectionRegistry();

    public Relay(WindowBounds bounds) {
        this(bounds, new PastStreamMemory(bounds.maxBytes()));
    }

    /** @param past bounds what is held only for readers that are behind the window */
    public Relay(WindowBounds bounds, PastStreamMemory past) {
        this.window = new HotWindow(bounds, past);
        this.past = past;
    }

    // ---- what the log says
    // -------------------------------------------------------------------------------------------

    /** The events of the partition are read from this offset on. */
    public synchronized void readFrom(int partition, long offset) {
        window.readFrom(partition, offset);
    }

    /** The next record of a stream, in the order of its partition. */
    public synchronized Verdict onEvent(RecordPosition place, EventHead.OfStream head, EventRecord record, long nowMs) {
        BufferedStream before = window.find(head.stream());
        long seq = before == null ? 0 : before.length();
        Verdict verdict = window.accept(place, head, record, nowMs);
        if (verdict instanceof Accepted accepted) {
            if (head.entry() instanceof Entry.Start) {
                startFollowing(head);
            }
            if (accepted.after().length() > seq) {
                announce(head.stream(), seq, record.value().length);
            }
        }
        window.evict(nowMs);
        return verdict;
    }

    private void startFollowing(EventHead.OfStream head) {
        BufferedStream stream = window.find(head.stream());
        if (stream == null) {
            return;
        }
        for (ConnectionQueue member : hub.members(head.session())) {
            followUnlessKnown(member, stream);
        }
    }

    private void announce(StreamId id, long seq, int bytes) {
        BufferedStream stream = window.find(id);
        if (stream == null) {
            return;
        }
        for (ConnectionQueue follower : stream.followers()) {
            follower.announce(stream, seq, bytes);
        }
        if (stream.isOver()) {
            stream.followers().clear();
        }
    }

    /** A message was asked for. */
    public synchronized void onAsked(StreamId id, SessionKey session, long nowMs) {
        window.asked(id, session, nowMs);
        BufferedStream stream = window.find(id);
        if (stream != null) {
            hub.members(stream.session()).forEach(member -> followUnlessKnown(member, stream));
        }
        window.evict(nowMs);
    }

    /** As {@link #onAsked(StreamId, SessionKey, long)}, by the command in the log. */
    public synchronized void onAsked(StreamId id, SessionKey session, LoggedMessage command, long nowMs) {
        BufferedStream forNothing = window.asked(id, session, command, nowMs);
        if (forNothing != null) {
            letGo(forNothing);
        }
        BufferedStream stream = window.find(id);
        if (stream != null && stream.isAsked()) {
            hub.members(stream.session()).forEach(member -> followUnlessKnown(member, stream));
        }
        window.evict(nowMs);
    }

    /** Nothing more comes of it, whoever waits. */
    private void letGo(BufferedStream stream) {
        if (!stream.isOver()) {
            List.copyOf(stream.followers()).forEach(follower -> follower.lose(stream.id()));
            stream.followers().clear();
        }
    }

    /**
     * A conversation is gone: its texts are forgotten, its ids are new again, and the connections that look at it are told, with the
     * record's own value. Readers of the end of an answer read it to its end first. A deletion that is written again changes nothing.
     *
     * @return whether it changed something
     */
    public synchronized boolean onDeleted(RecordPosition place, EventHead.OfSession head, byte[] value) {
        SessionKey session = head.session();
        List<BufferedStream> gone = window.deleted(place, head);
        if (gone == null) {
            return false;
        }
        for (ConnectionQueue connection : hub.of(session.user())) {
            if (hub.members(session).contains(connection) || connection.followsAnyOf(session)) {
                connection.sendAfter(session, value);
            }
        }
        gone.forEach(this::letGo);
        hub.of(session.user()).forEach(connection -> connection.forget(session));
        return true;
    }

    /** The offset of the last deletion of a session in its partition of the events, -1 if none is known. */
    public synchronized long deletedAt(SessionKey session) {
        return window.deletedAt(session);
    }

    @Override
    public synchronized List<UnfinishedTurn> waiting(SessionKey session) {
        return waiting(window.underWay(session));
    }

    @Override
    public synchronized List<UnfinishedTurn> waiting(UserId user) {
        return waiting(window.underWay(user));
    }

    private static List<UnfinishedTurn> waiting(List<BufferedStream> streams) {
        List<UnfinishedTurn> turns = new ArrayList<>();
        for (BufferedStream stream : streams) {
            LoggedMessage command = stream.command();
            if (command != null) {
                turns.add(new UnfinishedTurn(stream.id(), stream.session(), command, stream.isOpen()));
            }
        }
        return turns;
    }

    /** To be called now and then. */
    public synchronized void sweep(long nowMs) {
        window.evict(nowMs);
        window.evictSilent(nowMs);
    }

    // ---- what connections want
    // ---------------------------------------------------------------------------------------

    public synchronized void connect(ConnectionQueue connection) {
        hub.add(connection);
    }

    public synchronized void disconnect(ConnectionQueue connection) {
        connection.following().forEach(stream -> unfollow(connection, stream));
        hub.remove(connection);
        connection.abandon();
    }

    /**
     * Shows a connection a stream from its start, unless it has got or is getting it already.
     *
     * @return false if the start is not kept any more
     */
    public synchronized boolean attach(ConnectionQueue connection, StreamId id, SessionKey session, long nowMs) {
        BufferedStream stream = window.expect(id, session, nowMs);
        followUnlessKnown(connection, stream);
        return connection.knows(id) || !stream.hasForgotten(0);
    }

    /** Whether an event of a stream was seen, and the stream is recent. */
    public synchronized boolean hasBegun(StreamId id) {
        BufferedStream stream = window.find(id);
        return stream != null && !stream.isSilent();
    }

    /** Whether a stream has begun, and all of it from a seq on can be read from memory. */
    public synchronized boolean holdsFrom(StreamId id, long seq) {
        return hasBegun(id) && window.find(id) instanceof BufferedStream stream && !stream.hasForgotten(seq);
    }

    /** Whether somebody waits for the first event of a stream that was asked for. */
    public synchronized boolean isAwaited(StreamId id) {
        BufferedStream stream = window.find(id);
        return stream != null
                && stream.isAsked()
                && stream.isSilent()
                && !stream.followers().isEmpty();
    }

    /** Ends the waiting for the first event of a stream. @return whether the connection still waited */
    public synchronized boolean giveUp(ConnectionQueue connection, StreamId id) {
        BufferedStream stream = window.find(id);
        if (stream == null || !stream.isSilent() || !stream.followers().contains(connection)) {
            return false;
        }
        unfollow(connection, stream);
        return true;
    }

    /** A stream that somebody awaits was over long before: who follows it gets it out of the archive, unless it gets many such already. */
    public synchronized void onFoundPast(BufferedStream past) {
        BufferedStream asked = window.find(past.id());
        if (asked == null || !isAwaited(past.id())) {
            return;
        }
        asked.followers().removeIf(follower -> {
            boolean room = follower.hasRoomForPast(MAX_PAST);
            if (room) {
                follower.readInstead(past, resumed(past, past.length() - 1));
            }
            return room;
        });
        if (asked.followers().isEmpty()) {
            window.forgetAsked(asked);
        }
    }

    /** As {@link #attach}, of a stream out of the archive. */
    public synchronized ResumeResult attachPast(ConnectionQueue connection, BufferedStream past) {
        if (!connection.hasRoomForPast(MAX_PAST)) {
            return ResumeResult.BUSY;
        }
        followUnlessKnown(connection, past);
        return ResumeResult.RESUMED;
    }

    /** Shows a connection all of a stream after a seq, then {@link Resumed}, then what comes. */
    public synchronized ResumeResult resume(ConnectionQueue connection, StreamId id, long afterSeq) {
        BufferedStream stream = window.find(id);
        return stream == null || known(id) == StreamState.NO
                ? ResumeResult.UNKNOWN
                : resume(connection, stream, afterSeq);
    }

    /** As {@link #resume(ConnectionQueue, StreamId, long)}, of a stream out of the archive. */
    public synchronized ResumeResult resumePast(ConnectionQueue connection, BufferedStream past, long afterSeq) {
        return connection.hasRoomForPast(MAX_PAST) ? resume(connection, past, afterSeq) : ResumeResult.BUSY;
    }

    private ResumeResult resume(ConnectionQueue connection, BufferedStream stream, long afterSeq) {
        if (stream.isUnknown()) {
            return ResumeResult.FORGOTTEN;
        }
        long last = stream.length() - 1;
        if (afterSeq > last && (stream.isOver() || afterSeq > last + MAX_AHEAD)) {
            return ResumeResult.AHEAD;
        }
        if (afterSeq < last && stream.hasForgotten(afterSeq + 1)) {
            return stream.isOver() ? ResumeResult.UNKNOWN : ResumeResult.FORGOTTEN;
        }
        follow(connection, stream, afterSeq + 1, resumed(stream, Math.max(afterSeq, last)));
        return ResumeResult.RESUMED;
    }

    private static ServerFrame resumed(BufferedStream stream, long lastSeq) {
        return new Resumed(stream.id().message(), stream.session().session(), lastSeq, !stream.isOver());
    }

    /** As {@link #join(ConnectionQueue, SessionKey, int, BooleanSupplier)}, of one who still wants it. */
    boolean join(ConnectionQueue connection, SessionKey session, int maxSessions) {
        return join(connection, session, maxSessions, () -> true);
    }

    /**
     * Shows a connection what is under way in a session, from the start, and all that starts there later.
     *
     * @param wanted whether the connection still wants it; asked when it can have left no more
     * @return false if the connection has joined too many sessions
     */
    public synchronized boolean join(
            ConnectionQueue connection, SessionKey session, int maxSessions, BooleanSupplier wanted) {
        if (!hub.has(connection) || !wanted.getAsBoolean()) {
            return true;
        }
        if (hub.joinedSessions(connection) >= maxSessions) {
            return false;
        }
        List<BufferedStream> underWay = window.underWay(session);
        List<ActiveStream> active = new ArrayList<>();
        for (BufferedStream stream : underWay) {
            ActiveStream shown = active(stream);
            if (shown != null) {
                active.add(shown);
            }
        }
        hub.join(connection, session);
        connection.send(new SessionJoined(session.session(), active));
        underWay.forEach(stream -> followUnlessKnown(connection, stream));
        return true;
    }

    private static @Nullable ActiveStream active(BufferedStream stream) {
        if (stream.isSilent()) {
            return stream.command() == null
                    ? null
                    : ActiveStream.queued(stream.id().message());
        }
        return decoded(stream.at(0)) instanceof StreamStart start
                ? ActiveStream.streaming(start.messageId(), start.aiMessageId())
                : null;
    }

    /** Shows a connection no more of a session, not even of what it asked for itself. */
    public synchronized void leave(ConnectionQueue connection, SessionKey session) {
        hub.leave(connection, session);
        for (BufferedStream stream : connection.following()) {
            if (stream.session().equals(session)) {
                unfollow(connection, stream);
            }
        }
        window.of(session).forEach(stream -> connection.unfollow(stream.id()));
    }

    public synchronized StreamState known(StreamId id) {
        BufferedStream stream = window.find(id);
        if (stream == null || (!stream.isAsked() && !stream.isOpen() && !stream.isOver() && !stream.isUnknown())) {
            return StreamState.NO;
        }
        return stream.isOver() ? StreamState.OVER : StreamState.UNDER_WAY;
    }

    /** Whether the event with this seq was a stream's last. */
    public synchronized boolean hasEndedAt(StreamId id, long seq) {
        BufferedStream stream = window.find(id);
        return stream != null && stream.endsWith(seq);
    }

    /** What is known of a stream here, if anything is. */
    public Optional<HotStreamStatus> statusOf(StreamId id) {
        Glance glance = glance(id);
        if (glance == null) {
            return Optional.empty();
        }
        StreamEvent first = decoded(glance.first());
        StreamEvent last = decoded(glance.last());
        return Optional.of(new HotStreamStatus(
                glance.session().session(),
                glance.log(),
                first instanceof StreamStart start ? start : null,
                glance.startedAt(),
                last instanceof StreamEvent.Terminal terminal ? terminal : null,
                glance.endedAt()));
    }

    /** What {@link #statusOf} needs of a stream, so that nobody waits while it is decoded. */
    private record Glance(
            SessionKey session,
            StreamLog log,
            @Nullable EventRecord first,
            @Nullable EventRecord last) {

        @Nullable
        Instant startedAt() {
            return first == null ? null : Instant.ofEpochMilli(first.recordedAtMs());
        }

        @Nullable
        Instant endedAt() {
            EventRecord begin = first;
            EventRecord end = last;
            return begin == null || end == null
                    ? null
                    : Instant.ofEpochMilli(Math.max(begin.recordedAtMs(), end.recordedAtMs()));
        }
    }

    private synchronized @Nullable Glance glance(StreamId id) {
        BufferedStream stream = window.find(id);
        if (stream == null || known(id) == StreamState.NO || stream.hasForgotten(0)) {
            return null;
        }
        EventRecord last = stream.isOver() ? stream.at(stream.length() - 1) : null;
        return new Glance(stream.session(), stream.log(), stream.at(0), last);
    }

    private static @Nullable StreamEvent decoded(@Nullable EventRecord record) {
        return record != null
                        && FrameCodec.decode(record.value(), EVENTS)
                                instanceof Decoded.Ok<StreamEvent>(StreamEvent event)
                ? event
                : null;
    }

    /** The session that a stream is in, as far as it is known. */
    public synchronized @Nullable SessionKey sessionOf(StreamId id) {
        return known(id) == StreamState.NO || !(window.find(id) instanceof BufferedStream stream)
                ? null
                : stream.session();
    }

    /** Whether any stream of the session is known here, also of a deleted one. */
    public synchronized boolean knows(SessionKey session) {
        return !window.of(session).isEmpty();
    }

    public synchronized int connectionsOf(UserId user) {
        return hub.ownedBy(user);
    }

    /** Users who have come or gone since the last call, with the number of their connections here. */
    public synchronized Map<UserId, Integer> takeChangedConnections() {
        return hub.takeChanged();
    }

    /** All users who are here, with the number of their connections. */
    public synchronized Map<UserId, Integer> allConnections() {
        return hub.counts();
    }

    private void followUnlessKnown(ConnectionQueue connection, BufferedStream stream) {
        if (!connection.knows(stream.id()) && !stream.hasForgotten(0)) {
            follow(connection, stream, 0, null);
        }
    }

    private void follow(
            ConnectionQueue connection, BufferedStream stream, long fromSeq, @Nullable ServerFrame atPastEnd) {
        if (hub.has(connection) && connection.follow(stream, fromSeq, atPastEnd) && !stream.isOver()) {
            stream.followers().add(connection);
        }
    }

    private void unfollow(ConnectionQueue connection, BufferedStream stream) {
        stream.followers().remove(connection);
        connection.unfollow(stream.id());
        window.removeIfIdle(stream);
    }

    // ---- for metrics
    // -------------------------------------------------------------------------------------------------

    public synchronized int connections() {
        return hub.connections();
    }

    /** Bytes that all readers together are behind what is live. */
    public synchronized long backlog() {
        return hub.all().stream().mapToLong(ConnectionQueue::backlog).sum();
    }

    public synchronized long windowBytes() {
        return window.bytes();
    }

    public synchronized int windowStreams() {
        return window.size();
    }

    /** Bytes of events that are held only for readers that are behind the window. */
    public long pastBytes() {
        return past.held();
    }
}
