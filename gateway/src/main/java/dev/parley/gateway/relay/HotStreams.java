package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this gateway knows of recent streams, as far as it has read the log. Thread-safe: all reads hold the relay's lock. */
public final class HotStreams implements RecentTurns {

    private final HotWindow window;
    private final Object lock;

    /** @param lock the lock that guards the window */
    HotStreams(HotWindow window, Object lock) {
        this.window = window;
        this.lock = lock;
    }

    public StreamState state(StreamId id) {
        synchronized (lock) {
            BufferedStream stream = window.find(id);
            if (stream == null
                    || (!stream.isRequested() && !stream.isOpen() && !stream.isOver() && !stream.isUnknown())) {
                return StreamState.UNKNOWN;
            }
            return stream.isOver() ? StreamState.ENDED : StreamState.ACTIVE;
        }
    }

    /** Whether the stream is in memory and has events. */
    public boolean hasBegun(StreamId id) {
        synchronized (lock) {
            BufferedStream stream = window.find(id);
            return stream != null && !stream.hasNoEvents();
        }
    }

    /** Whether the stream has events, and none from this seq on was evicted. */
    public boolean hasEventsFrom(StreamId id, long seq) {
        synchronized (lock) {
            return hasBegun(id) && window.find(id) instanceof BufferedStream stream && !stream.hasEvicted(seq);
        }
    }

    /** Whether the event with this seq was the stream's last. */
    public boolean hasEndedAt(StreamId id, long seq) {
        synchronized (lock) {
            BufferedStream stream = window.find(id);
            return stream != null && stream.endsWith(seq);
        }
    }

    /** The stream's status; empty if it is unknown here, or its start was evicted. */
    public Optional<HotStreamStatus> statusOf(StreamId id) {
        return Optional.ofNullable(snapshot(id)).map(HotStreamStatus.Snapshot::decode);
    }

    private HotStreamStatus.@Nullable Snapshot snapshot(StreamId id) {
        synchronized (lock) {
            BufferedStream stream = window.find(id);
            if (stream == null || state(id) == StreamState.UNKNOWN || stream.hasEvicted(0)) {
                return null;
            }
            EventRecord last = stream.isOver() ? stream.at(stream.length() - 1) : null;
            return new HotStreamStatus.Snapshot(stream.session().session(), stream.log(), stream.at(0), last);
        }
    }

    /** The session of a stream; null if the stream is unknown here. */
    public @Nullable SessionKey sessionOf(StreamId id) {
        synchronized (lock) {
            return state(id) == StreamState.UNKNOWN || !(window.find(id) instanceof BufferedStream stream)
                    ? null
                    : stream.session();
        }
    }

    /** Whether a stream of the session is in memory, also a deleted one. */
    public boolean hasAnyOf(SessionKey session) {
        synchronized (lock) {
            return !window.of(session).isEmpty();
        }
    }

    /** The offset of the session's last deletion in its partition of {@code chat.events}, -1 if none is known. */
    public long deletedAt(SessionKey session) {
        synchronized (lock) {
            return window.deletedAt(session);
        }
    }

    @Override
    public List<UnfinishedTurn> unfinishedTurns(SessionKey session) {
        synchronized (lock) {
            return unfinishedTurns(window.activeStreams(session));
        }
    }

    @Override
    public List<UnfinishedTurn> unfinishedTurns(UserId user) {
        synchronized (lock) {
            return unfinishedTurns(window.activeStreams(user));
        }
    }

    private static List<UnfinishedTurn> unfinishedTurns(List<BufferedStream> streams) {
        return streams.stream()
                .filter(stream -> stream.command() != null)
                .map(stream -> new UnfinishedTurn(
                        stream.id(), stream.session(), Objects.requireNonNull(stream.command()), stream.isOpen()))
                .toList();
    }

    /** Number of streams in memory. */
    public int size() {
        synchronized (lock) {
            return window.size();
        }
    }

    /** Bytes of all streams in memory. */
    public long bytes() {
        synchronized (lock) {
            return window.bytes();
        }
    }
}
