package dev.parley.gateway.relay;

import dev.parley.gateway.settings.WindowSettings;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.SessionLog;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import dev.parley.schema.log.Verdict.Accepted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The recent streams, as {@link StreamLog} folds them from the log. {@link WindowStreams} bounds their memory.
 *
 * <p>Not thread-safe: {@link Relay} guards it.
 */
final class HotWindow {

    private final PartitionLogs logs = new PartitionLogs();
    private final WindowStreams streams;

    HotWindow(WindowSettings settings) {
        this(settings, new PastStreamMemory(settings.memoryBytes()));
    }

    /** @param past the memory for streams that are evicted and still read */
    HotWindow(WindowSettings settings, PastStreamMemory past) {
        this.streams = new WindowStreams(settings, past, this::onRemoved);
    }

    private void onRemoved(BufferedStream stream) {
        RecordPosition start = stream.startedAt();
        if (start != null) {
            logs.forgetStart(start);
        }
    }

    /** The partition is read from this offset on. */
    void readFrom(int partition, long offset) {
        logs.readFrom(partition, offset);
    }

    /** The offset of the session's last deletion, -1 if none is known. */
    long deletedAt(SessionKey session) {
        return logs.deletedAt(session);
    }

    // ---- commands and events
    // -----------------------------------------------------------------------------------------

    @Nullable
    BufferedStream find(StreamId id) {
        return streams.find(id);
    }

    /** The stream with this id; added without events if it is not there. */
    BufferedStream findOrAdd(StreamId id, SessionKey session, long nowMs) {
        BufferedStream known = streams.find(id);
        if (known != null) {
            return known;
        }
        BufferedStream added = new BufferedStream(id, session, nowMs);
        streams.add(added);
        return added;
    }

    /** A message was published by this gateway, so its stream is known before it starts. The session of the first command counts. */
    void requested(StreamId id, SessionKey session, long nowMs) {
        BufferedStream stream = findOrAdd(id, session, nowMs);
        if (!stream.isRequested()) {
            if (stream.hasNoEvents()) {
                streams.moveToSession(stream, session);
            }
            stream.setRequested();
            stream.touch(nowMs);
            if (!stream.isOver()) {
                streams.removeFinished(stream);
            }
        }
    }

    /**
     * A command was read. One that precedes a deletion of its session and is read after that deletion requests nothing.
     *
     * @return the stream that was requested by this gateway and does not start because of the deletion; null if there is none
     */
    @Nullable
    BufferedStream requested(StreamId id, SessionKey session, LoggedMessage command, long nowMs) {
        if (logs.isDeleted(session, command.offset())) {
            return dropUnread(id, session);
        }
        requested(id, session, nowMs);
        BufferedStream stream = streams.find(id);
        if (stream != null && stream.command() == null && !stream.isOver()) {
            streams.setCommand(stream, command);
        }
        return null;
    }

    private @Nullable BufferedStream dropUnread(StreamId id, SessionKey session) {
        BufferedStream stream = streams.find(id);
        if (stream == null
                || !stream.session().equals(session)
                || !stream.hasNoEvents()
                || !stream.isRequested()
                || stream.command() != null) {
            return null;
        }
        replace(stream, stream.log());
        return stream;
    }

    /** Folds a record, and buffers it if it is an accepted event for clients. */
    Verdict accept(RecordPosition position, EventHead.OfStream head, EventRecord record, long nowMs) {
        BufferedStream known = streams.find(head.stream());
        StreamLog before = known == null ? StreamLog.EMPTY : known.log();
        Verdict verdict = logs.accept(position.partition(), before, head);
        StreamLog after = verdict.after(before);
        if (verdict instanceof Accepted || after != before) {
            BufferedStream stream = known == null ? findOrAdd(head.stream(), head.session(), nowMs) : known;
            stream.touch(nowMs);
            if (head.entry() instanceof Entry.Start) {
                streams.removeFinished(stream);
                stream.setStartedAt(position);
                streams.moveToSession(stream, head.session());
            }
            append(stream, record, after);
        }
        return verdict;
    }

    private void append(BufferedStream stream, EventRecord record, StreamLog after) {
        if (after.length() == stream.length()) {
            stream.moveTo(after);
            return;
        }
        streams.append(stream, record, after);
        if (after instanceof StreamLog.Over) {
            streams.setCommand(stream, null);
            streams.addFinished(stream);
        }
    }

    /**
     * Folds a deletion of a session: its message ids may be used again, and what was requested before it does not start.
     *
     * @return the streams that are deleted; null if the deletion repeats an earlier one
     */
    @Nullable
    List<BufferedStream> deleted(RecordPosition position, EventHead.OfSession head) {
        SessionLog.Deletion deletion = logs.delete(position, head);
        if (deletion.effect() == SessionLog.Deletion.Effect.REPEATED) {
            return null;
        }
        List<BufferedStream> deleted = new ArrayList<>();
        for (BufferedStream stream : of(head.session())) {
            StreamLog after = deletion.after(stream.log());
            if (after != stream.log() || (stream.hasNoEvents() && wasRequestedBefore(stream, head))) {
                deleted.add(stream);
                replace(stream, after);
            }
        }
        deleted.forEach(BufferedStream::markDeleted);
        return deleted;
    }

    private static boolean wasRequestedBefore(BufferedStream stream, EventHead.OfSession deletion) {
        LoggedMessage command = stream.command();
        return command != null && deletion.command() != null && command.offset() < deletion.command();
    }

    /** Replaces a stream by one without events and followers, or by nothing if nothing is known of the id. */
    private void replace(BufferedStream stream, StreamLog after) {
        streams.remove(stream);
        if (after instanceof StreamLog.NotStarted) {
            return;
        }
        BufferedStream bare = stream.afterDeletion(after);
        streams.add(bare);
        streams.addFinished(bare);
    }

    /** The streams of a session that are requested or running, in the order of their commands. */
    List<BufferedStream> activeStreams(SessionKey session) {
        return streams.active(session);
    }

    /** As {@link #activeStreams(SessionKey)}, for all sessions of a user. */
    List<BufferedStream> activeStreams(UserId user) {
        return streams.active(user);
    }

    /** All streams of a session that are in memory. */
    List<BufferedStream> of(SessionKey session) {
        return streams.of(session);
    }

    // ---- eviction
    // ----------------------------------------------------------------------------------------------------

    /** Evicts what exceeds the bounds. */
    void evict(long nowMs) {
        streams.evict(nowMs);
    }

    /** Evicts streams without an end and followers whose last record is too old. Visits all streams, so it is called every few seconds. */
    void evictSilent(long nowMs) {
        streams.evictSilent(nowMs);
    }

    /** Removes a stream without events, as the archive has it. */
    void removeIfEmpty(BufferedStream stream) {
        if (stream.hasNoEvents() && streams.find(stream.id()) == stream) {
            streams.remove(stream);
        }
    }

    /** Removes a stream that was not requested, has no events and is not followed. */
    void removeIfUnused(BufferedStream stream) {
        if (!stream.isRequested()
                && !stream.isOpen()
                && !stream.isOver()
                && stream.followers().isEmpty()) {
            streams.remove(stream);
        }
    }

    long bytes() {
        return streams.bytes();
    }

    int size() {
        return streams.size();
    }
}
