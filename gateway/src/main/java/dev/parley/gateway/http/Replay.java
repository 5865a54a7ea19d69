package dev.parley.gateway.http;

import dev.parley.gateway.history.ArchivedStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** A stream out of the archive as server-sent events, at once or in its own time. */
final class Replay implements EventStreams.Ending {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Pace pace;
    private final Pauses pauses;

    Replay(Pace pace, int heartbeatMs) {
        this.pace = pace;
        this.pauses = new Pauses(heartbeatMs);
    }

    @Override
    public void end() {
        pauses.end();
    }

    /**
     * Returns at the end, or when the node leaves.
     *
     * @throws IOException if the client is gone
     */
    void write(List<ArchivedStream.Event> events, OutputStream to) throws IOException, InterruptedException {
        OutputStream out = new BufferedOutputStream(to, BUFFER_BYTES);
        for (ArchivedStream.Event event : events) {
            if (!pauses.pass(pace.waitBefore(event.timeMs()), out)) {
                return;
            }
            EventStream.write(event.type(), event.seq(), event.value(), out);
        }
        out.flush();
    }
}
