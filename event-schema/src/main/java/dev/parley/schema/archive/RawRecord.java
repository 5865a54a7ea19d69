package dev.parley.schema.archive;

import java.util.List;

/**
 * A record of {@code chat.events}, as it was.
 *
 * @param timeMs its own time, as its writer's clock had it
 */
@SuppressWarnings("ArrayRecordComponent") // shared by all who read it; nobody may change it
public record RawRecord(long offset, long timeMs, String key, List<RawHeader> headers, byte[] value) {

    public RawRecord {
        headers = List.copyOf(headers);
    }
}
