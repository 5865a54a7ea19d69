package dev.parley.engine.simulation;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What any reader believes after the first records of the log. */
final class Facts {
    private static final Vocabulary<ChatEvent> EVENTS = Vocabulary.of(ChatEvent.class);

    final Map<StreamId, Stream> streams = new LinkedHashMap<>();
    final List<String> lines = new ArrayList<>();
    private int read;
    int accepted;
    int dropped;
    int takeovers;
    int deletions;

    static final class Stream {
        StreamLog log = StreamLog.EMPTY;
        Written written = Written.NOTHING;
        int startedAt = -1;
        int endedAt = -1;
    }

    static Facts of(World world, int count) {
        Facts facts = new Facts();
        facts.readUpTo(world, count);
        return facts;
    }

    void readUpTo(World world, int count) {
        world.events.records.subList(read, count).forEach(this::read);
        read = count;
    }

    Written written(StreamId stream) {
        Stream found = streams.get(stream);
        return found == null ? Written.NOTHING : found.written;
    }

    /** Where the stream ends; -1 if it does not. */
    int endOf(StreamId stream) {
        Stream found = streams.get(stream);
        return found == null ? -1 : found.endedAt;
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        switch (EventHead.of(record)) {
            case EventHead.OfSession _ -> deletions++;
            case EventHead.Unreadable unreadable -> throw new Violation(unreadable.reason());
            case EventHead.OfStream head -> {
                Stream stream = streams.computeIfAbsent(head.stream(), _ -> new Stream());
                Verdict verdict = stream.log.accept(head.entry());
                lines.add(record.offset() + " " + record.timestamp() + "ms "
                        + head.stream().message() + " " + head.type() + " " + head.entry() + " " + verdict);
                if (verdict instanceof Verdict.Accepted(StreamLog after)) {
                    accept(stream, after, head, record);
                } else {
                    dropped++;
                }
            }
        }
    }

    private void accept(
            Stream stream, StreamLog after, EventHead.OfStream head, ConsumerRecord<String, byte[]> record) {
        accepted++;
        stream.log = after;
        if (head.type().equals("stream_takeover")) {
            takeovers++;
        }
        if (!(FrameCodec.decode(record.value(), EVENTS) instanceof Decoded.Ok<ChatEvent>(ChatEvent event))) {
            throw new Violation("an event that cannot be read");
        }
        if (event instanceof StreamEvent seen) {
            if (seen.seq() != stream.written.length()) {
                throw new Violation("header and value have different seqs");
            }
            stream.written = stream.written.evolve(seen, 0);
        }
        int at = (int) record.offset();
        stream.startedAt = stream.startedAt < 0 ? at : stream.startedAt;
        stream.endedAt = stream.written.isOver() && stream.endedAt < 0 ? at : stream.endedAt;
    }
}
