package dev.parley.schema.log;

import java.util.List;

/**
 * A record of {@code chat.events}.
 *
 * @param timeMs the timestamp of the record, in ms since 1970
 */
@SuppressWarnings("ArrayRecordComponent") // shared, and must not be changed
public record RawRecord(long offset, long timeMs, String key, List<RawHeader> headers, byte[] value) {

    public RawRecord {
        headers = List.copyOf(headers);
    }
}
