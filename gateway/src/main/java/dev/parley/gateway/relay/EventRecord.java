package dev.parley.gateway.relay;

/**
 * An accepted client-visible event.
 *
 * @param type the event's name on the wire
 * @param value the record's value as it came, which is the frame that clients get; nobody may change it
 * @param recordedAtMs the record's time, for measuring only
 */
@SuppressWarnings(
        "ArrayRecordComponent") // shared by all who read it and never compared: a copy a socket would cost most of the
// relay
public record EventRecord(String type, byte[] value, long recordedAtMs) {}
