package dev.parley.projection.turn;

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
     * @param value read only if the record counts
     */
    record OfStream(StreamId stream, SessionKey session, String type, Entry entry, byte[] value, Place place)
            implements LogRecord {}

    /** {@code conversation_deleted}: all that began before it in the session is to be forgotten. */
    record Deletion(SessionKey session, Place place) implements LogRecord {}
}
