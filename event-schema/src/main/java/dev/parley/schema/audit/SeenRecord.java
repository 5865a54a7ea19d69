package dev.parley.schema.audit;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Entry;

/**
 * A record of a stream: its decoded key and headers, and its value, which is not decoded.
 *
 * @param workerId from the header that only a start has; else empty
 */
@SuppressWarnings("ArrayRecordComponent") // shared, and must not be changed
public record SeenRecord(
        StreamId stream,
        SessionKey session,
        Entry entry,
        String type,
        String workerId,
        long offset,
        long timeMs,
        byte[] value) {}
