package dev.parley.projection.turn;

import dev.parley.schema.archive.RawRecord;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Entry;

/** A record of {@code chat.events} whose key and headers could be read. */
public sealed interface LogRecord {

    Place place();

    /**
     * A record of a stream.
     *
     * @param session that its key names; the stream's own is the one of its start
     * @param type the event's wire name, from the header
     * @param raw the record itself; its value is read only if it counts
     */
    record OfStream(StreamId stream, SessionKey session, String type, Entry entry, RawRecord raw, Place place)
            implements LogRecord {

        byte[] value() {
            return raw.value();
        }
    }

    /**
     * {@code conversation_deleted}: all that began before it in the session is to be forgotten, unless it only repeats a deletion
     * that was there before.
     *
     * @param command the offset of the command that wants it, or {@link #NO_COMMAND}: then it repeats nothing
     */
    record Deletion(SessionKey session, long command, Place place) implements LogRecord {
        public static final long NO_COMMAND = -1;
    }
}
