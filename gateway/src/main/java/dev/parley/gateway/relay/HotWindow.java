package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import dev.parley.schema.log.Verdict.Accepted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The streams of the last minutes, folded by {@link StreamLog}, within {@link WindowBounds}. A stream is kept whole or not at all: as
 * long as it is kept, it can be resumed from any seq. When bytes run short, finished streams go first, the longest finished first; then
 * the events of the oldest running ones.
 *
 * <p>Not thread-safe: {@link Relay} guards it.
 */
final class HotWindow {

    /** What a stream costs beside its events, roughly. */
    private static final long STREAM_COST = 512;

    /** What an event costs beside its value, roughly. */
    private static final long EVENT_COST = 48;

    private final WindowBounds bounds;
    private final Map<StreamId, HotStream> streams = new LinkedHashMap<>();
    private final Map<SessionKey, Set<HotStream>> bySession = new HashMap<>();
    private final Set<HotStream> finished = new LinkedHashSet<>();
    private long bytes;

    HotWindow(WindowBounds bounds) {
        this.bounds = bounds;
    }

    @Nullable
    HotStream find(StreamId id) {
        return streams.get(id);
    }

    /** The stream, which is made if nobody has heard of it. */
    HotStream expect(StreamId id, SessionKey session, long nowMs) {
        HotStream known = streams.get(id);
        if (known != null) {
            return known;
        }
        HotStream fresh = new HotStream(id, session, nowMs);
        streams.put(id, fresh);
        bySession.computeIfAbsent(session, _ -> new LinkedHashSet<>()).add(fresh);
        bytes += STREAM_COST;
        return fresh;
    }

    /** Notes that a message was asked for, so that its stream is known before it starts. The first session counts. */
    void asked(StreamId id, SessionKey session, long nowMs) {
        HotStream stream = expect(id, session, nowMs);
        if (!stream.isAsked()) {
            move(stream, session);
            stream.setAsked(session);
            stream.touch(nowMs);
        }
    }

    /** Judges a record, and keeps it if it counts and is for clients. */
    Verdict accept(EventHead.OfStream head, HotRecord record, long nowMs) {
        HotStream known = streams.get(head.stream());
        StreamLog before = known == null ? StreamLog.EMPTY : known.log();
        Verdict verdict = before.accept(head.entry());
        if (verdict instanceof Accepted accepted) {
            HotStream stream = known == null ? expect(head.stream(), head.session(), nowMs) : known;
            stream.touch(nowMs);
            keep(stream, head, record, before, accepted.after());
        }
        return verdict;
    }

    private void keep(HotStream stream, EventHead.OfStream head, HotRecord record, StreamLog before, StreamLog after) {
        if (head.entry() instanceof Entry.Start) {
            move(stream, head.session());
        }
        if (after.length() == before.length()) {
            stream.moveTo(after);
            return;
        }
        stream.append(after, record);
        bytes += record.value().length + EVENT_COST;
        if (after instanceof StreamLog.Over) {
            finished.add(stream);
        }
    }

    private void move(HotStream stream, SessionKey actual) {
        if (!stream.session().equals(actual)) {
            removeFromSession(stream);
            stream.setSession(actual);
            bySession.computeIfAbsent(actual, _ -> new LinkedHashSet<>()).add(stream);
        }
    }

    /** The streams of a session that are asked for or run, oldest first. */
    List<HotStream> underWay(SessionKey session) {
        return bySession.getOrDefault(session, Set.of()).stream()
                .filter(stream -> !stream.isOver() && (stream.isOpen() || stream.isAsked()))
                .toList();
    }

    /** All streams of a session that are kept. */
    List<HotStream> of(SessionKey session) {
        return List.copyOf(bySession.getOrDefault(session, Set.of()));
    }

    /** Forgets the texts of a session for good. The folds stay, so that late records of its streams are still judged right. */
    void forgetEvents(SessionKey session) {
        of(session).forEach(this::forgetEvents);
    }

    /** Lets go of what is over the bounds. */
    void evict(long nowMs) {
        Iterator<HotStream> ended = finished.iterator();
        while (ended.hasNext()) {
            HotStream oldest = ended.next();
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
        for (HotStream stream : new ArrayList<>(streams.values())) {
            boolean waitedFor = !stream.followers().isEmpty();
            if (!stream.isOver() && !waitedFor && nowMs - stream.touchedAtMs() > bounds.keepSilentMs()) {
                remove(stream);
            }
        }
    }

    private void shrink() {
        for (HotStream stream : new ArrayList<>(streams.values())) {
            if (bytes <= bounds.maxBytes()) {
                return;
            }
            if (stream.isOpen()) {
                forgetEvents(stream);
            } else if (stream.followers().isEmpty()) {
                remove(stream);
            }
        }
    }

    private void forgetEvents(HotStream stream) {
        bytes -= cost(stream);
        stream.forgetEvents();
    }

    /** Whoever still reads the stream may read it to its end. */
    private void remove(HotStream stream) {
        bytes -= cost(stream) + STREAM_COST;
        streams.remove(stream.id());
        finished.remove(stream);
        removeFromSession(stream);
    }

    /** A stream that nobody asked for and nobody waits for any more is not worth its place. */
    void removeIfIdle(HotStream stream) {
        if (!stream.isAsked()
                && !stream.isOpen()
                && !stream.isOver()
                && stream.followers().isEmpty()) {
            remove(stream);
        }
    }

    private void removeFromSession(HotStream stream) {
        Set<HotStream> siblings = bySession.get(stream.session());
        if (siblings != null) {
            siblings.remove(stream);
            if (siblings.isEmpty()) {
                bySession.remove(stream.session());
            }
        }
    }

    private static long cost(HotStream stream) {
        return stream.bytes() + stream.kept() * EVENT_COST;
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return streams.size();
    }
}
