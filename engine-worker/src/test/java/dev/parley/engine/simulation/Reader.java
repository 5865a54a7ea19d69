package dev.parley.engine.simulation;

import dev.parley.engine.simulation.Violation.Promise;
import dev.parley.engine.stream.Written;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Anyone who reads the bytes of a partition from some place on, as a gateway or the projection does. */
final class Reader {
    private static final Vocabulary<ChatEvent> EVENTS = Vocabulary.of(ChatEvent.class);

    private final Map<StreamId, Stream> streams = new HashMap<>();

    private final boolean values;

    private Reader(boolean values) {
        this.values = values;
    }

    private static final class Stream {
        StreamLog log = StreamLog.EMPTY;
        Written written = Written.NOTHING;
        final List<Long> accepted = new ArrayList<>();
    }

    static Reader of(SimLog.Partition events, long from, long to) {
        return read(new Reader(true), events, from, to);
    }

    /** It relays without looking at the values, as a gateway does. */
    static Reader ofHeads(SimLog.Partition events, long from, long to) {
        return read(new Reader(false), events, from, to);
    }

    private static Reader read(Reader reader, SimLog.Partition events, long from, long to) {
        for (long offset = from; offset < to; offset++) {
            reader.read(events.at(offset));
        }
        return reader;
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        if (EventHead.of(record) instanceof EventHead.OfStream head) {
            Stream stream = streams.computeIfAbsent(head.stream(), _ -> new Stream());
            if (stream.log.accept(head.entry()) instanceof Verdict.Accepted(StreamLog after)) {
                stream.log = after;
                stream.accepted.add(record.offset());
                if (values && decoded(record) instanceof StreamEvent event) {
                    stream.written = stream.written.evolve(event, 0);
                }
            }
        }
    }

    private static ChatEvent decoded(ConsumerRecord<String, byte[]> record) {
        if (FrameCodec.decode(record.value(), EVENTS) instanceof Decoded.Ok<ChatEvent>(ChatEvent event)) {
            return event;
        }
        throw new Violation(Promise.READABLE_LOG, null, "the value of event " + record.offset() + " cannot be read");
    }

    /** The offsets of the records of a stream that it believes. */
    List<Long> accepted(StreamId id) {
        Stream found = streams.get(id);
        return found == null ? List.of() : found.accepted;
    }

    Written written(StreamId id) {
        Stream found = streams.get(id);
        return found == null ? Written.NOTHING : found.written;
    }
}
