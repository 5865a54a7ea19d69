package dev.parley.gateway.relay;

import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** Records of {@code chat.events} as the relay gets them; an event's value is its message and seq as text. */
final class Log {

    static final Claim FIRST = new Claim(1, "first");

    private static final AtomicLong OFFSETS = new AtomicLong();

    private Log() {}

    /** The next position in the log. */
    static RecordPosition next() {
        return new RecordPosition(0, OFFSETS.getAndIncrement());
    }

    static EventHead.OfStream head(SessionKey session, String message, Entry entry) {
        return new EventHead.OfStream(
                session, new StreamId(session.user(), new MessageId(message)), "some_type", entry);
    }

    static EventRecord value(String message, long seq) {
        return new EventRecord("some_type", (message + "#" + seq).getBytes(StandardCharsets.UTF_8), 0);
    }

    /** The record with this seq of a stream of {@code length} events. */
    static Entry entry(long seq, long length) {
        if (seq == 0) {
            return new Entry.Start(FIRST);
        }
        return seq == length - 1 ? new Entry.Terminal(FIRST, seq) : new Entry.Event(FIRST, seq);
    }
}
