package dev.parley.store.turn;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.RawRecord;

/**
 * A record that came after the end of its stream, and so does not count.
 *
 * @param session that its key names
 */
public record LateRecord(StreamId stream, SessionKey session, RawRecord raw) {}
