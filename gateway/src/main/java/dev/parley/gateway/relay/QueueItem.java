package dev.parley.gateway.relay;

import dev.parley.schema.connection.ServerFrame.RequestRefused;
import dev.parley.schema.id.StreamId;

/** What a connection's writer writes next. */
public sealed interface QueueItem {

    /**
     * A frame about the connection or one of its requests.
     *
     * @param copyBytes what it counts against the bound on the connection's own copies; 0 if the frame is shared with other readers
     */
    @SuppressWarnings("ArrayRecordComponent") // handed from the one who made it to the one who writes it
    record Control(byte[] frame, int copyBytes) implements QueueItem {}

    /**
     * An event of a stream.
     *
     * @param live whether the reader had all that came before it, so that the time since the record measures the relay
     */
    record Event(BufferedStream stream, long seq, EventRecord record, boolean live) implements QueueItem {}

    /** A request that turned out to be one that cannot be done. */
    record Refused(RequestRefused frame) implements QueueItem {}

    /** Nothing more comes of a stream that was followed, though it has no end: its conversation was deleted. */
    record Lost(StreamId stream) implements QueueItem {}

    /** A heartbeat. */
    record Ping() implements QueueItem {}

    /** The end: nothing follows it. */
    record Close(CloseReason why) implements QueueItem {}
}
