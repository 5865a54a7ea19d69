package dev.parley.engine.simulation;

import static dev.parley.engine.simulation.Violation.require;

import dev.parley.engine.simulation.Violation.Promise;
import dev.parley.engine.stream.Written;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.SessionLog;
import dev.parley.schema.log.SessionLogs;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The fold of the log, record by record as they are appended: what all readers must agree on. */
final class Truth {
    private static final long NOT_YET = -1;

    private final Map<StreamId, Stream> streams = new LinkedHashMap<>();
    private final Map<StreamId, Integer> lives = new HashMap<>();
    private final Map<Integer, SessionLogs> sessions = new HashMap<>();
    final List<Deleted> deletions = new ArrayList<>();
    int accepted;
    int dropped;
    int takeovers;
    int deletedAgain;
    private Listener listener = (_, _, _) -> {};

    /** @param command the offset of the command that it does */
    record Deleted(SessionKey session, long command, long offset) {}

    /** Receives each accepted record. */
    interface Listener {
        void accepted(Stream stream, EventHead.OfStream head, Note note);
    }

    static final class Stream {
        final StreamId id;
        final List<Long> accepted = new ArrayList<>();
        final Map<Claim, Long> won = new HashMap<>();
        StreamLog log = StreamLog.EMPTY;

        @Nullable
        SessionKey session;

        Written written = Written.NOTHING;
        long startedAt = NOT_YET;
        long startedMs = NOT_YET;
        long endedAt = NOT_YET;
        long endedMs = NOT_YET;
        long deletedAt = NOT_YET;
        long deletedMs = NOT_YET;
        long seenMs = NOT_YET;
        long longestSilenceMs;
        /** The worker that writes it, and the record of its claim. */
        String writer = "";

        long claimedAt = NOT_YET;

        Stream(StreamId id) {
            this.id = id;
        }

        boolean isOver() {
            return endedAt != NOT_YET;
        }

        boolean isDeleted() {
            return deletedAt != NOT_YET;
        }

        boolean isOpen() {
            return startedAt != NOT_YET && endedAt == NOT_YET;
        }
    }

    void listen(Listener newListener) {
        listener = newListener;
    }

    /** The stream that records with this id belong to now. */
    StreamId life(StreamId plain) {
        return Lives.of(plain, lives.getOrDefault(plain, 0));
    }

    /** The last started stream of an id that matches. */
    Optional<Stream> lastLife(StreamId plain, Predicate<Stream> that) {
        for (int life = lives.getOrDefault(plain, 0); life >= 0; life--) {
            Stream stream = streams.get(Lives.of(plain, life));
            if (stream != null && stream.startedAt != NOT_YET && that.test(stream)) {
                return Optional.of(stream);
            }
        }
        return Optional.empty();
    }

    @Nullable
    Stream find(StreamId id) {
        return streams.get(id);
    }

    Collection<Stream> streams() {
        return streams.values();
    }

    boolean isOver(StreamId id) {
        Stream found = streams.get(id);
        return found != null && found.isOver();
    }

    /** How often the session was deleted. */
    long deletions(SessionKey session) {
        return deletions.stream().filter(each -> each.session().equals(session)).count();
    }

    void read(ConsumerRecord<String, byte[]> record, Note note) {
        switch (EventHead.of(record)) {
            case EventHead.OfSession head -> deleted(head.session(), record);
            case EventHead.Unreadable unreadable ->
                throw new Violation(Promise.READABLE_LOG, null, unreadable.reason());
            case EventHead.OfStream head -> {
                Stream stream = streams.computeIfAbsent(life(head.stream()), Stream::new);
                Verdict verdict = sessions(record).accept(head.session(), stream.log, head.entry());
                if (verdict instanceof Verdict.Accepted(StreamLog after)) {
                    stream.session = head.session();
                    accept(stream, after, head, record, note);
                } else {
                    dropped++;
                }
            }
        }
    }

    private SessionLogs sessions(ConsumerRecord<String, byte[]> record) {
        return sessions.computeIfAbsent(record.partition(), _ -> new SessionLogs(0, Integer.MAX_VALUE));
    }

    /** The session was deleted: its ids are new again. */
    private void beginNewLives(
            SessionKey session, SessionLog.Deletion deletion, ConsumerRecord<String, byte[]> record) {
        List<Stream> ended = streams.values().stream()
                .filter(stream -> session.equals(stream.session) && stream.id.equals(life(Lives.plain(stream.id))))
                .toList();
        for (Stream stream : ended) {
            require(stream.isOver(), Promise.DELETION, stream.id, "its session was deleted while it ran");
            stream.deletedAt = record.offset();
            stream.deletedMs = record.timestamp();
            lives.merge(Lives.plain(stream.id), 1, Integer::sum);
            Stream next = new Stream(life(Lives.plain(stream.id)));
            next.log = deletion.after(stream.log);
            streams.put(next.id, next);
        }
    }

    /** A deletion that is written again changes nothing. */
    private void deleted(SessionKey session, ConsumerRecord<String, byte[]> record) {
        Long command = CloudEventHeaders.number(record.headers(), CloudEventHeaders.COMMAND_OFFSET);
        Long folded = CloudEventHeaders.number(record.headers(), CloudEventHeaders.FOLDED_OFFSET);
        SessionLog.Deletion deletion = sessions(record).deleted(session, command, folded, record.offset());
        if (deletion.effect() != SessionLog.Deletion.Effect.REPEATED) {
            beginNewLives(session, deletion, record);
        }
        require(command != null, Promise.DELETION, null, "it does not name its command");
        if (command == null
                || deletions.stream().anyMatch(each -> each.session().equals(session) && each.command() == command)) {
            deletedAgain++;
        } else {
            deletions.add(new Deleted(session, command, record.offset()));
        }
    }

    private void accept(
            Stream stream, StreamLog after, EventHead.OfStream head, ConsumerRecord<String, byte[]> record, Note note) {
        require(!stream.isOver(), Promise.G4_CLOSED, stream.id, "a record was accepted after its end");
        if (note.known() != null) {
            require(
                    knowsAll(note.known(), stream.written),
                    Promise.G6_ONE_WRITER,
                    stream.id,
                    "the writer of record " + record.offset() + " did not know what was accepted before it");
        }
        accepted++;
        stream.log = after;
        stream.accepted.add(record.offset());
        claim(stream, head.entry(), record.offset(), note);
        if (note.event() instanceof StreamEvent seen) {
            see(stream, seen, record, note);
        }
        listener.accepted(stream, head, note);
    }

    private static boolean knowsAll(Written known, Written all) {
        return known.length() == all.length()
                && known.hasContext() == all.hasContext()
                && known.isResumed() == all.isResumed()
                && Objects.equals(known.thinking(), all.thinking())
                && known.content().toString().equals(all.content().toString());
    }

    private void claim(Stream stream, Entry entry, long offset, Note note) {
        if (entry instanceof Entry.Start || entry instanceof Entry.Takeover) {
            stream.writer = note.worker();
            stream.claimedAt = offset;
            stream.won.putIfAbsent(entry.claim(), offset);
            takeovers += entry instanceof Entry.Takeover ? 1 : 0;
        }
    }

    private static void see(Stream stream, StreamEvent event, ConsumerRecord<String, byte[]> record, Note note) {
        require(
                event.seq() == stream.written.length(),
                Promise.G2_GAPLESS,
                stream.id,
                "record " + record.offset() + " does not have the next seq");
        stream.written = stream.written.evolve(event, 0);
        if (stream.seenMs != NOT_YET) {
            stream.longestSilenceMs = Math.max(stream.longestSilenceMs, record.timestamp() - stream.seenMs);
        }
        stream.seenMs = record.timestamp();
        if (stream.startedAt == NOT_YET) {
            stream.startedAt = record.offset();
            stream.startedMs = record.timestamp();
        }
        if (event instanceof Terminal) {
            stream.endedAt = record.offset();
            stream.endedMs = record.timestamp();
            require(
                    !note.knewStop() || event instanceof GenerationStopped,
                    Promise.G7_STOP,
                    stream.id,
                    "its writer knew of a stop and ended it in another way");
        }
    }
}
