package dev.parley.gateway.relay;

import dev.parley.schema.connection.ServerFrame.RequestRefused;
import dev.parley.schema.id.StreamId;

/** What a connection's writer takes from its {@link ConnectionQueue}. */
public sealed interface QueueItem extends ReadyEntries.Entry {

    /**
     * A frame about the connection or one of its requests.
     *
     * @param ownBytes what it counts against the bound on the connection's own frames; 0 if other connections share it
     */
    @SuppressWarnings("ArrayRecordComponent") // handed from its maker to the writer, never modified
    record Frame(byte[] frame, int ownBytes) implements QueueItem {}

    /**
     * An event of a stream.
     *
     * @param live whether the reader had all earlier events, so that the time since the record is the relay's latency
     */
    record Event(BufferedStream stream, long seq, EventRecord record, boolean live) implements QueueItem {}

    /** A request that was accepted cannot be fulfilled. */
    record Refused(RequestRefused frame) implements QueueItem {}

    /** The conversation of a followed stream was deleted: no more events and no terminal event follow. */
    record StreamDeleted(StreamId stream) implements QueueItem {}

    /** A heartbeat. */
    record Ping() implements QueueItem {}

    /** The connection ends. It is the last item. */
    record Close(CloseReason reason) implements QueueItem {}
}
