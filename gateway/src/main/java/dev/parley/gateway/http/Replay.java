package dev.parley.gateway.http;

import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.history.ArchivedStream;
import dev.parley.schema.id.MessageId;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A stream out of the archive as server-sent events, at once or in its own time. */
final class Replay implements SseResponses.Ending {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final ReplayPace pace;
    private final ReplayPauses pauses;

    private final FinalEvents lastWords;
    private final Caller owner;
    private final AtomicReference<@Nullable EarlyEnd> earlyEnd = new AtomicReference<>();

    /** @param owner who looks */
    Replay(Caller owner, MessageId message, ReplayPace pace, int heartbeatMs) {
        this.owner = owner;
        this.pace = pace;
        this.pauses = new ReplayPauses(heartbeatMs);
        this.lastWords = new FinalEvents(message);
    }

    @Override
    public Instant expiresAt() {
        return owner.expiresAt();
    }

    @Override
    public void end(EarlyEnd end) {
        if (earlyEnd.compareAndSet(null, end)) {
            pauses.end();
        }
    }

    @Override
    public FinalEvents lastWords() {
        return lastWords;
    }

    /**
     * Returns at the end, or when the answer is to end early, and then the client was told why.
     *
     * @param hasTerminal whether the last of them is a terminal event
     * @return whether the client has the end of the stream
     * @throws IOException if the client is gone, or takes nothing
     */
    boolean write(List<ArchivedStream.Event> events, boolean hasTerminal, OutputStream to)
            throws IOException, InterruptedException {
        OutputStream out = new BufferedOutputStream(to, BUFFER_BYTES);
        for (ArchivedStream.Event event : events) {
            if (!pauses.pass(pace.waitBefore(event.timeMs()), out) && earlyEnd.get() instanceof EarlyEnd end) {
                lastWords.closed(end.why(), end.reconnectInMs(), out);
                return false;
            }
            SseResponse.write(event.type(), event.seq(), event.value(), out);
        }
        if (!hasTerminal) {
            lastWords.unavailable("the archive has no end of this stream", out);
        }
        out.flush();
        return hasTerminal;
    }
}
