package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.SessionLog;
import dev.parley.schema.log.SessionLogs;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import dev.parley.schema.log.Verdict.Accepted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The streams of the last minutes, folded by {@link StreamLog}, within {@link WindowBounds}. When bytes run short, finished streams go
 * first, whole, the longest finished first; then the beginnings of the oldest running ones. Whoever asks for a beginning that is gone
 * finds it in the archive when the stream is over.
 *
 * <p>Not thread-safe: {@link Relay} guards it.
 */
final class HotWindow {

    /** What a stream costs beside its events, roughly. */
    private static final long STREAM_COST = 512;

    /** What an event costs beside its value, roughly. */
    private static final long EVENT_COST = 48;

    /** For so many sessions deletions are remembered, in each partition. */
    private static final int MAX_DELETED = 10_000;

    /** What is kept of running streams when bytes run short: enough for those who read along, if that makes enough room. */
    private static final long[] BYTES_KEPT = {64 * 1024, 8 * 1024, 0};

    private final WindowBounds bounds;
    private final PastStreamMemory past;
    private final Map<StreamId, BufferedStream> streams = new LinkedHashMap<>();
    private final Map<SessionKey, Set<BufferedStream>> bySession = new HashMap<>();
    private final Set<BufferedStream> finished = new LinkedHashSet<>();
    private final Map<Integer, SessionLogs> sessions = new HashMap<>();
    private long bytes;

    HotWindow(WindowBounds bounds) {
        this(bounds, new PastStreamMemory(bounds.maxBytes()));
    }

    /** @param past what readers of streams that leave the window may hold of them */
    HotWindow(WindowBounds bounds, PastStreamMemory past) {
        this.bounds = bounds;
        this.past = past;
    }

    /** The partition is read from this offset on. */
    void readFrom(int partition, long offset) {
        sessions.put(partition, new SessionLogs(offset, MAX_DELETED));
    }

    private SessionLogs sessions(int partition) {
        return sessions.computeIfAbsent(partition, _ -> new SessionLogs(0, MAX_DELETED));
    }

    /** Where the last deletion of the session stands, -1 if none is known. */
    long deletedAt(SessionKey session) {
        long last = -1;
        for (SessionLogs each : sessions.values()) {
            last = Math.max(last, each.of(session).deletedAt());
        }
        return last;
    }

    /** Whether a command with this offset was asked before the last deletion of the session. */
    private boolean isDeleted(SessionKey session, long command) {
        return sessions.values().stream()
                .anyMatch(each -> command < each.of(session).deletedCommand());
    }

    @Nullable
    BufferedStream find(StreamId id) {
        return streams.get(id);
    }

    /** The stream, which is made if nobody has heard of it. */
    BufferedStream expect(StreamId id, SessionKey session, long nowMs) {
        BufferedStream known = streams.get(id);
        if (known != null) {
            return known;
        }
        BufferedStream fresh = new BufferedStream(id, session, nowMs);
        streams.put(id, fresh);
        bySession.computeIfAbsent(session, _ -> new LinkedHashSet<>()).add(fresh);
        bytes += STREAM_COST;
        return fresh;
    }

    /** Notes that a message was asked for, so that its stream is known before it starts. The first session counts. */
    void asked(StreamId id, SessionKey session, long nowMs) {
        BufferedStream stream = expect(id, session, nowMs);
        if (!stream.isAsked()) {
            if (stream.isSilent()) {
                move(stream, session);
            }
            stream.setAsked();
            stream.touch(nowMs);
            if (!stream.isOver()) {
                finished.remove(stream);
            }
        }
    }

    /**
     * Notes what was asked. A command that was sent before a deletion and is read after it asks for nothing any more.
     *
     * @return the stream that is not expected any more, if it was
     */
    @Nullable
    BufferedStream asked(StreamId id, SessionKey session, LoggedMessage command, long nowMs) {
        if (isDeleted(session, command.offset())) {
            BufferedStream waiting = streams.get(id);
            if (waiting == null
                    || !waiting.session().equals(session)
                    || !waiting.isSilent()
                    || !waiting.isAsked()
                    || waiting.command() != null) {
                return null;
            }
            replace(waiting, waiting.log());
            return waiting;
        }
        asked(id, session, nowMs);
        BufferedStream stream = streams.get(id);
        if (stream != null && stream.command() == null && !stream.isOver()) {
            bytes -= cost(stream);
            stream.setCommand(command);
            bytes += cost(stream);
        }
        return null;
    }

    /** Judges a record, and keeps it if it counts and is for clients. */
    Verdict accept(RecordPosition place, EventHead.OfStream head, EventRecord record, long nowMs) {
        BufferedStream known = streams.get(head.stream());
        StreamLog before = known == null ? StreamLog.EMPTY : known.log();
        Verdict verdict = sessions(place.partition()).accept(head.session(), before, head.entry());
        StreamLog after = verdict.after(before);
        if (verdict instanceof Accepted || after != before) {
            BufferedStream stream = known == null ? expect(head.stream(), head.session(), nowMs) : known;
            stream.touch(nowMs);
            keep(place, stream, head, record, before, after);
        }
        return verdict;
    }

    private void keep(
            RecordPosition place,
            BufferedStream stream,
            EventHead.OfStream head,
            EventRecord record,
            StreamLog before,
            StreamLog after) {
        if (head.entry() instanceof Entry.Start) {
            finished.remove(stream);
            stream.setStartedAt(place);
            move(stream, head.session());
        }
        if (after.length() == before.length()) {
            stream.moveTo(after);
            return;
        }
        stream.append(after, record);
        bytes += record.value().length + EVENT_COST;
        if (after instanceof StreamLog.Over) {
            bytes -= cost(stream);
            stream.setCommand(null);
            bytes += cost(stream);
            finished.add(stream);
        }
    }

    private void move(BufferedStream stream, SessionKey actual) {
        if (!stream.session().equals(actual)) {
            removeFromSession(stream);
            stream.setSession(actual);
            bySession.computeIfAbsent(actual, _ -> new LinkedHashSet<>()).add(stream);
        }
    }

    /** The streams of a session that are asked for or run, oldest first. */
    List<BufferedStream> underWay(SessionKey session) {
        return bySession.getOrDefault(session, Set.of()).stream()
                .filter(HotWindow::isUnderWay)
                .sorted(Comparator.comparingLong(HotWindow::askedAt))
                .toList();
    }

    private static boolean isUnderWay(BufferedStream stream) {
        return stream.isOpen() || (stream.isAsked() && stream.isSilent() && !stream.isUnknown());
    }

    /** What runs and was asked for before this gateway began to read comes first; what is not read yet, last. */
    private static long askedAt(BufferedStream stream) {
        LoggedMessage command = stream.command();
        if (command == null) {
            return stream.isOpen() ? -1 : Long.MAX_VALUE;
        }
        return command.offset();
    }

    /** The user's turns that are asked for or run, in the order in which they were asked, as far as what was asked is kept. */
    List<BufferedStream> underWay(UserId user) {
        return bySession.keySet().stream()
                .filter(session -> session.user().equals(user))
                .flatMap(session -> underWay(session).stream())
                .toList();
    }

    /** All streams of a session that are kept. */
    List<BufferedStream> of(SessionKey session) {
        return List.copyOf(bySession.getOrDefault(session, Set.of()));
    }

    /**
     * Folds a deletion: the ids of the session are new again, and what was asked before it is not expected any more.
     *
     * @return the streams that are gone; null if the deletion was written again
     */
    @Nullable
    List<BufferedStream> deleted(RecordPosition place, EventHead.OfSession head) {
        SessionLog.Deletion deletion =
                sessions(place.partition()).deleted(head.session(), head.command(), head.folded(), place.offset());
        if (deletion.effect() == SessionLog.Deletion.Effect.REPEATED) {
            return null;
        }
        List<BufferedStream> gone = new ArrayList<>();
        for (BufferedStream stream : of(head.session())) {
            StreamLog after = deletion.after(stream.log());
            if (after != stream.log() || (stream.isSilent() && wasAskedBefore(stream, head))) {
                gone.add(stream);
                replace(stream, after);
            }
        }
        gone.forEach(BufferedStream::markDeleted);
        return gone;
    }

    private static boolean wasAskedBefore(BufferedStream stream, EventHead.OfSession deletion) {
        LoggedMessage command = stream.command();
        return command != null && deletion.command() != null && command.offset() < deletion.command();
    }

    /** By one without events and followers; by none where nothing is known of the id any more. */
    private void replace(BufferedStream stream, StreamLog after) {
        remove(stream);
        if (after instanceof StreamLog.NotStarted) {
            return;
        }
        BufferedStream bare = stream.afterDeletion(after);
        streams.put(bare.id(), bare);
        bySession.computeIfAbsent(bare.session(), _ -> new LinkedHashSet<>()).add(bare);
        finished.add(bare);
        bytes += STREAM_COST;
    }

    /** A stream that was asked for again turned out to have been over long before. */
    void forgetAsked(BufferedStream stream) {
        if (stream.isSilent() && streams.get(stream.id()) == stream) {
            remove(stream);
        }
    }

    /** Lets go of what is over the bounds. */
    void evict(long nowMs) {
        Iterator<BufferedStream> ended = finished.iterator();
        while (ended.hasNext()) {
            BufferedStream oldest = ended.next();
            if (bytes <= bounds.maxBytes() && nowMs - oldest.touchedAtMs() <= bounds.keepFinishedMs()) {
                break;
            }
            ended.remove();
            remove(oldest);
        }
        if (bytes > bounds.maxBytes()) {
            shrink();
        }
    }

    /** Lets go of streams that have been silent too long; goes through all of them, so it is for now and then. */
    void evictSilent(long nowMs) {
        for (BufferedStream stream : new ArrayList<>(streams.values())) {
            boolean waitedFor = !stream.followers().isEmpty();
            if (!stream.isOver() && !waitedFor && nowMs - stream.touchedAtMs() > bounds.keepSilentMs()) {
                remove(stream);
            }
        }
    }

    /** Makes some more room than is needed, so that it need not be done for each event. */
    private void shrink() {
        long enough = bounds.maxBytes() - bounds.maxBytes() / 10;
        for (long kept : BYTES_KEPT) {
            for (BufferedStream stream : new ArrayList<>(streams.values())) {
                if (bytes <= enough) {
                    return;
                }
                if (stream.isOpen()) {
                    bytes -= cost(stream);
                    stream.forgetOldest(kept);
                    bytes += cost(stream);
                } else if (stream.followers().isEmpty()) {
                    remove(stream);
                }
            }
        }
    }

    private void remove(BufferedStream stream) {
        RecordPosition start = stream.startedAt();
        if (start != null) { // a start whose writer did not know of this one is a second one, and nobody remembers the
            // first any more
            sessions(start.partition()).beginsAt(start.offset() + 1);
        }
        bytes -= cost(stream) + STREAM_COST;
        stream.leaveWindow(past);
        streams.remove(stream.id());
        finished.remove(stream);
        removeFromSession(stream);
    }

    /** A stream that nobody asked for and nobody waits for any more is not worth its place. */
    void removeIfIdle(BufferedStream stream) {
        if (!stream.isAsked()
                && !stream.isOpen()
                && !stream.isOver()
                && stream.followers().isEmpty()) {
            remove(stream);
        }
    }

    private void removeFromSession(BufferedStream stream) {
        Set<BufferedStream> siblings = bySession.get(stream.session());
        if (siblings != null) {
            siblings.remove(stream);
            if (siblings.isEmpty()) {
                bySession.remove(stream.session());
            }
        }
    }

    private static long cost(BufferedStream stream) {
        return stream.bytes() + stream.kept() * EVENT_COST;
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return streams.size();
    }
}
