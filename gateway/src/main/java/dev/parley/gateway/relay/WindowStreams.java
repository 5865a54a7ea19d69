package dev.parley.gateway.relay;

import dev.parley.gateway.settings.WindowSettings;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.log.StreamLog;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams in memory, within the bounds of {@link WindowSettings}. When memory runs short, whole finished streams are evicted first, in the
 * order of their ends, then the oldest events of running streams. The archive has an evicted event when its stream is over.
 *
 * <p>Not thread-safe: {@link Relay} guards it.
 */
final class WindowStreams {

    /** Estimated memory of a stream without its events. */
    private static final long STREAM_BYTES = 512;

    /** Estimated memory of an event without its value. */
    private static final long EVENT_BYTES = 48;

    /** What stays of each running stream when memory runs short, in steps: enough for readers that are nearly live, if that suffices. */
    private static final long[] BYTES_LEFT = {64 * 1024, 8 * 1024, 0};

    private final WindowSettings settings;
    private final PastStreamMemory past;
    private final Consumer<BufferedStream> onRemoved;
    private final StreamIndex index = new StreamIndex();
    private final Set<BufferedStream> finished = new LinkedHashSet<>();
    private long bytes;

    /**
     * @param past the memory for streams that are evicted and still read
     * @param onRemoved called with each stream that is removed
     */
    WindowStreams(WindowSettings settings, PastStreamMemory past, Consumer<BufferedStream> onRemoved) {
        this.settings = settings;
        this.past = past;
        this.onRemoved = onRemoved;
    }

    // ---- streams
    // -----------------------------------------------------------------------------------------------------

    @Nullable
    BufferedStream find(StreamId id) {
        return index.find(id);
    }

    /** The streams of a session that are requested or running, in the order of their commands. */
    List<BufferedStream> active(SessionKey session) {
        return index.active(session);
    }

    /** As {@link #active(SessionKey)}, for all sessions of a user. */
    List<BufferedStream> active(UserId user) {
        return index.active(user);
    }

    /** All streams of a session. */
    List<BufferedStream> of(SessionKey session) {
        return index.of(session);
    }

    void add(BufferedStream stream) {
        index.add(stream);
        bytes += STREAM_BYTES;
    }

    void remove(BufferedStream stream) {
        onRemoved.accept(stream);
        bytes -= bytesOf(stream) + STREAM_BYTES;
        stream.onEvicted(past);
        index.remove(stream);
        finished.remove(stream);
    }

    void moveToSession(BufferedStream stream, SessionKey session) {
        index.moveToSession(stream, session);
    }

    void setCommand(BufferedStream stream, @Nullable LoggedMessage command) {
        bytes -= bytesOf(stream);
        stream.setCommand(command);
        bytes += bytesOf(stream);
    }

    void append(BufferedStream stream, EventRecord record, StreamLog after) {
        stream.append(after, record);
        bytes += record.value().length + EVENT_BYTES;
    }

    /** The stream may be evicted from now on. */
    void addFinished(BufferedStream stream) {
        finished.add(stream);
    }

    /** The stream was requested or started again. */
    void removeFinished(BufferedStream stream) {
        finished.remove(stream);
    }

    private static long bytesOf(BufferedStream stream) {
        return stream.bytes() + stream.bufferedEvents() * EVENT_BYTES;
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return index.size();
    }

    // ---- eviction
    // ----------------------------------------------------------------------------------------------------

    /** Evicts what exceeds the bounds. */
    void evict(long nowMs) {
        long keepFinishedMs = settings.keepFinished().toMillis();
        Iterator<BufferedStream> oldestFirst = finished.iterator();
        while (oldestFirst.hasNext()) {
            BufferedStream oldest = oldestFirst.next();
            if (bytes <= settings.memoryBytes() && nowMs - oldest.touchedAtMs() <= keepFinishedMs) {
                break;
            }
            oldestFirst.remove();
            remove(oldest);
        }
        if (bytes > settings.memoryBytes()) {
            shrink();
        }
    }

    /** Frees a tenth more than is needed, so that this does not run for each event. */
    private void shrink() {
        long enough = settings.memoryBytes() - settings.memoryBytes() / 10;
        for (long bytesLeft : BYTES_LEFT) {
            for (BufferedStream stream : index.all()) {
                if (bytes <= enough) {
                    return;
                }
                if (stream.isOpen()) {
                    bytes -= bytesOf(stream);
                    stream.evictOldest(bytesLeft);
                    bytes += bytesOf(stream);
                } else if (stream.followers().isEmpty()) {
                    remove(stream);
                }
            }
        }
    }

    /** Evicts streams without an end and followers whose last record is too old. Visits all streams, so it is called every few seconds. */
    void evictSilent(long nowMs) {
        long keepSilentMs = settings.keepSilent().toMillis();
        for (BufferedStream stream : index.all()) {
            boolean isFollowed = !stream.followers().isEmpty();
            if (!stream.isOver() && !isFollowed && nowMs - stream.touchedAtMs() > keepSilentMs) {
                remove(stream);
            }
        }
    }
}
