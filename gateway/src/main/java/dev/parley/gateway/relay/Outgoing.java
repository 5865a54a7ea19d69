package dev.parley.gateway.relay;

/** What a connection's writer writes next. */
public sealed interface Outgoing {

    /** A frame about the connection or one of its requests. */
    @SuppressWarnings("ArrayRecordComponent") // handed from the one who made it to the one who writes it
    record Control(byte[] frame) implements Outgoing {}

    /**
     * An event of a stream.
     *
     * @param live whether the reader had all that came before it, so that the time since the record measures the relay
     */
    record Event(HotStream stream, long seq, HotRecord record, boolean live) implements Outgoing {}

    /** A heartbeat. */
    record Ping() implements Outgoing {}

    /** The end: nothing follows it. */
    record Close(Closing why) implements Outgoing {}
}
