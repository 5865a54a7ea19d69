package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The streams that a connection has read to the end, so that it does not get them a second time when a message is repeated. Only the newest are
 * remembered. Not thread-safe: {@link ConnectionQueue} guards it.
 */
final class DeliveredStreams {

    private static final int MAX_STREAMS = 256;

    private final Map<StreamId, SessionKey> sessions = new LinkedHashMap<>(4);

    void add(BufferedStream stream) {
        sessions.put(stream.id(), stream.session());
        if (sessions.size() > MAX_STREAMS) {
            Iterator<StreamId> oldest = sessions.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    boolean contains(StreamId stream) {
        return sessions.containsKey(stream);
    }

    void remove(StreamId stream) {
        sessions.remove(stream);
    }

    void removeAll(SessionKey session) {
        sessions.values().removeIf(session::equals);
    }
}
