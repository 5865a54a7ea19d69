package dev.parley.gateway.relay;

import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.connection.ServerFrame.ActiveStream;
import dev.parley.schema.connection.ServerFrame.Resumed;
import dev.parley.schema.connection.ServerFrame.SessionJoined;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.id.SessionKey;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lets connections follow streams, and tells them of new events and of the end. Not thread-safe: {@link Relay} guards it. */
final class Followers {

    /** How far a client may be ahead of this gateway: it may have read further at another gateway a moment ago. */
    private static final long MAX_AHEAD = 4_096;

    /** How many past streams a connection reads at a time: each is in memory until it has been read. */
    private static final int MAX_PAST_STREAMS = 4;

    private final ConnectionRegistry connections;
    private final HotWindow window;

    Followers(ConnectionRegistry connections, HotWindow window) {
        this.connections = connections;
        this.window = window;
    }

    /** Sends a stream from its start, unless the connection has it already or the start was evicted. */
    void followFromStart(ConnectionQueue connection, BufferedStream stream) {
        if (!connection.hasStream(stream.id()) && !stream.hasEvicted(0)) {
            follow(connection, stream, 0, null);
        }
    }

    /** As {@link #followFromStart}, for all connections that have joined a session. */
    void membersFollowFromStart(SessionKey session, BufferedStream stream) {
        connections.members(session).forEach(member -> followFromStart(member, stream));
    }

    /** Sends the active streams of a session from their start, and those that start later. */
    void join(ConnectionQueue connection, SessionKey session) {
        List<BufferedStream> active = window.activeStreams(session);
        connections.join(connection, session);
        connection.send(new SessionJoined(
                session.session(), active.stream().flatMap(Followers::shown).toList()));
        active.forEach(stream -> followFromStart(connection, stream));
    }

    private static Stream<ActiveStream> shown(BufferedStream stream) {
        if (stream.hasNoEvents()) {
            return stream.command() == null
                    ? Stream.empty()
                    : Stream.of(ActiveStream.queued(stream.id().message()));
        }
        StreamStart start = HotStreamStatus.startOf(stream.at(0));
        return start == null
                ? Stream.empty()
                : Stream.of(ActiveStream.streaming(start.messageId(), start.aiMessageId()));
    }

    /** Sends no more of a session, not even streams that the connection requested itself. */
    void leave(ConnectionQueue connection, SessionKey session) {
        connections.leave(connection, session);
        for (BufferedStream stream : connection.followedStreams()) {
            if (stream.session().equals(session)) {
                unfollow(connection, stream);
            }
        }
        window.of(session).forEach(stream -> connection.unfollow(stream.id()));
    }

    /** Sends the events after a seq, then {@code resumed}, then live events. */
    ResumeResult resume(ConnectionQueue connection, BufferedStream stream, long afterSeq) {
        if (stream.isUnknown()) {
            return ResumeResult.EVICTED;
        }
        long last = stream.length() - 1;
        if (afterSeq > last && (stream.isOver() || afterSeq > last + MAX_AHEAD)) {
            return ResumeResult.AHEAD;
        }
        if (afterSeq < last && stream.hasEvicted(afterSeq + 1)) {
            return stream.isOver() ? ResumeResult.UNKNOWN : ResumeResult.EVICTED;
        }
        follow(connection, stream, afterSeq + 1, resumed(stream, Math.max(afterSeq, last)));
        return ResumeResult.RESUMED;
    }

    private static ServerFrame resumed(BufferedStream stream, long lastSeq) {
        return new Resumed(stream.id().message(), stream.session().session(), lastSeq, !stream.isOver());
    }

    private void follow(
            ConnectionQueue connection, BufferedStream stream, long fromSeq, @Nullable ServerFrame frameAtPastEnd) {
        if (connections.contains(connection)
                && connection.follow(stream, fromSeq, frameAtPastEnd)
                && !stream.isOver()) {
            stream.followers().add(connection);
        }
    }

    boolean hasRoomForPastStream(ConnectionQueue connection) {
        return connection.hasRoomForPastStream(MAX_PAST_STREAMS);
    }

    /** Followers of a stream that has no events here get it from the archive, unless they read too many past streams already. */
    void switchToPast(BufferedStream requested, BufferedStream past) {
        requested.followers().removeIf(follower -> {
            boolean room = hasRoomForPastStream(follower);
            if (room) {
                follower.switchTo(past, resumed(past, past.length() - 1));
            }
            return room;
        });
    }

    void unfollow(ConnectionQueue connection, BufferedStream stream) {
        stream.followers().remove(connection);
        connection.unfollow(stream.id());
        window.removeIfUnused(stream);
    }

    /** The stream has a new event. */
    void announce(BufferedStream stream, long seq, int bytes) {
        for (ConnectionQueue follower : stream.followers()) {
            follower.announce(stream, seq, bytes);
        }
        if (stream.isOver()) {
            stream.followers().clear();
        }
    }

    /** The stream was deleted: if it is not over, no terminal event follows. */
    void endDeleted(BufferedStream stream) {
        if (!stream.isOver()) {
            List.copyOf(stream.followers()).forEach(follower -> follower.endDeleted(stream.id()));
            stream.followers().clear();
        }
    }
}
