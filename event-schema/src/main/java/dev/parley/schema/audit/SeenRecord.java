package dev.parley.schema.audit;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Entry;

/**
 * A record of a stream, as its key and headers tell, with its value unread.
 *
 * @param workerId of its header, which only a start has; else empty
 */
@SuppressWarnings("ArrayRecordComponent") // shared by all who read it; nobody may change it
public record SeenRecord(
        StreamId stream,
        SessionKey session,
        Entry entry,
        String type,
        String workerId,
        long offset,
        long timeMs,
        byte[] value) {}
