package dev.parley.gateway.http;

import dev.parley.gateway.history.ArchivedStream;
import dev.parley.schema.id.MessageId;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** A stream out of the archive as server-sent events, at once or in its own time. */
final class Replay implements EventStreams.Ending {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Pace pace;
    private final Pauses pauses;

    private final LastWords lastWords;
    private volatile long reconnectInMs;

    Replay(MessageId message, Pace pace, int heartbeatMs) {
        this.pace = pace;
        this.pauses = new Pauses(heartbeatMs);
        this.lastWords = new LastWords(message);
    }

    @Override
    public void end(long comeBackInMs) {
        reconnectInMs = comeBackInMs;
        pauses.end();
    }

    @Override
    public LastWords lastWords() {
        return lastWords;
    }

    /**
     * Returns at the end, or when the node leaves, and then the client was told.
     *
     * @param hasTerminal whether the last of them is a terminal event
     * @return whether the client has the end of the stream
     * @throws IOException if the client is gone, or takes nothing
     */
    boolean write(List<ArchivedStream.Event> events, boolean hasTerminal, OutputStream to)
            throws IOException, InterruptedException {
        OutputStream out = new BufferedOutputStream(to, BUFFER_BYTES);
        for (ArchivedStream.Event event : events) {
            if (!pauses.pass(pace.waitBefore(event.timeMs()), out)) {
                LastWords.goingAway(reconnectInMs, out);
                return false;
            }
            EventStream.write(event.type(), event.seq(), event.value(), out);
        }
        if (!hasTerminal) {
            lastWords.unavailable("the archive has no end of this stream", out);
        }
        out.flush();
        return hasTerminal;
    }
}
