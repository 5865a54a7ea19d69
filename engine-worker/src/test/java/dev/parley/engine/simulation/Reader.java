package dev.parley.engine.simulation;

import dev.parley.engine.simulation.Violation.Promise;
import dev.parley.engine.stream.Written;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.SessionLog;
import dev.parley.schema.log.SessionLogs;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads the bytes of a partition from a position on, as a gateway or the projection does. */
final class Reader {
    private static final Vocabulary<ChatEvent> EVENTS = Vocabulary.of(ChatEvent.class);

    private final Map<StreamId, Stream> streams = new HashMap<>();

    private final Map<StreamId, List<Long>> accepted = new HashMap<>();
    private final boolean values;
    private final SessionLogs sessions;

    private Reader(boolean values, long from) {
        this.values = values;
        this.sessions = new SessionLogs(from, Integer.MAX_VALUE);
    }

    private static final class Stream {
        final SessionKey session;
        StreamLog log = StreamLog.EMPTY;
        Written written = Written.NOTHING;

        Stream(SessionKey session) {
            this.session = session;
        }
    }

    static Reader of(SimLog.Partition events, long from, long to) {
        return read(new Reader(true, from), events, from, to);
    }

    /** Without reading values, as a gateway does. */
    static Reader ofHeads(SimLog.Partition events, long from, long to) {
        return read(new Reader(false, from), events, from, to);
    }

    private static Reader read(Reader reader, SimLog.Partition events, long from, long to) {
        for (long offset = from; offset < to; offset++) {
            reader.read(events.at(offset));
        }
        return reader;
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        switch (EventHead.of(record)) {
            case EventHead.OfStream head -> read(record, head);
            case EventHead.OfSession(var session, var command, var folded) -> {
                SessionLog.Deletion deletion = sessions.deleted(session, command, folded, record.offset());
                streams.values().stream()
                        .filter(stream -> stream.session.equals(session))
                        .forEach(stream -> {
                            StreamLog after = deletion.after(stream.log);
                            if (after != stream.log) {
                                stream.log = after;
                                stream.written = Written.NOTHING;
                            }
                        });
            }
            case EventHead.Unreadable _ -> {}
        }
    }

    private void read(ConsumerRecord<String, byte[]> record, EventHead.OfStream head) {
        Stream stream = streams.computeIfAbsent(head.stream(), _ -> new Stream(head.session()));
        Verdict verdict = sessions.accept(head.session(), stream.log, head.entry());
        if (verdict instanceof Verdict.Accepted && !stream.session.equals(head.session())) {
            StreamLog log = stream.log;
            stream = new Stream(head.session());
            stream.log = log;
            streams.put(head.stream(), stream);
        }
        stream.log = verdict.after(stream.log);
        if (verdict instanceof Verdict.Accepted) {
            accepted.computeIfAbsent(head.stream(), _ -> new ArrayList<>()).add(record.offset());
            if (values && decoded(record) instanceof StreamEvent event) {
                stream.written = stream.written.evolve(event, 0);
            }
        }
    }

    private static ChatEvent decoded(ConsumerRecord<String, byte[]> record) {
        if (FrameCodec.decode(record.value(), EVENTS) instanceof Decoded.Ok<ChatEvent>(ChatEvent event)) {
            return event;
        }
        throw new Violation(Promise.READABLE_LOG, null, "the value of event " + record.offset() + " cannot be read");
    }

    /** The offsets of the accepted records of all streams with this id. */
    List<Long> accepted(StreamId id) {
        return accepted.getOrDefault(id, List.of());
    }

    Written written(StreamId id) {
        Stream found = streams.get(id);
        return found == null ? Written.NOTHING : found.written;
    }
}
