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

    /** What is kept of running streams when bytes run short: enough for those who read along, if that makes enough room. */
    private static final long[] BYTES_KEPT = {64 * 1024, 8 * 1024, 0};

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
            if (stream.isSilent()) {
                move(stream, session);
            }
            stream.setAsked();
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

    /**
     * Forgets the texts of what is over in a session for good; what is not over began after that. The folds stay, so that late records
     * are still judged right.
     */
    void forgetEvents(SessionKey session) {
        for (HotStream stream : of(session)) {
            if (stream.isOver()) {
                HotStream bare = stream.withoutEvents();
                remove(stream);
                streams.put(bare.id(), bare);
                bySession.computeIfAbsent(session, _ -> new LinkedHashSet<>()).add(bare);
                finished.add(bare);
                bytes += STREAM_COST;
            }
        }
    }

    /** A stream that was asked for again turned out to have been over long before. */
    void forgetAsked(HotStream stream) {
        if (stream.isSilent() && streams.get(stream.id()) == stream) {
            remove(stream);
        }
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

    /** Makes some more room than is needed, so that it need not be done for each event. */
    private void shrink() {
        long enough = bounds.maxBytes() - bounds.maxBytes() / 10;
        for (long kept : BYTES_KEPT) {
            for (HotStream stream : new ArrayList<>(streams.values())) {
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
