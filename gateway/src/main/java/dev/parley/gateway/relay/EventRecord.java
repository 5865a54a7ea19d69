package dev.parley.gateway.relay;

/**
 * An accepted event that clients get.
 *
 * @param type the event's type on the wire
 * @param value the record's value, which is the frame that clients get; never modified
 * @param recordedAtMs the record's timestamp in ms since the epoch
 */
@SuppressWarnings(
        "ArrayRecordComponent") // shared by all readers and never compared; a copy for each would be most of the
// relay's cost
public record EventRecord(String type, byte[] value, long recordedAtMs) {}
