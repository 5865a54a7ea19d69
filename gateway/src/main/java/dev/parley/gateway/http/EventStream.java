package dev.parley.gateway.http;

import dev.parley.gateway.relay.Closing;
import dev.parley.gateway.relay.Outbound;
import dev.parley.gateway.relay.Outgoing;
import dev.parley.schema.id.UserId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One answer as server-sent events: writes what its {@link Outbound} holds, from a thread of its own, to the end of the stream. The
 * client may go at any time; generation goes on.
 */
final class EventStream implements EventStreams.Ending {

    private final Semaphore work = new Semaphore(0);
    private final Outbound outbound;
    private final int heartbeatMs;
    private final Pace pace;
    private final Pauses pauses;

    /**
     * @param owner who looks, and whose connection it is
     * @param user whose streams are looked at
     */
    EventStream(UserId owner, UserId user, int maxBacklogBytes, int heartbeatMs, Pace pace) {
        this.outbound = new Outbound(owner, user, maxBacklogBytes, work::release);
        this.heartbeatMs = heartbeatMs;
        this.pace = pace;
        this.pauses = new Pauses(heartbeatMs);
    }

    Outbound outbound() {
        return outbound;
    }

    @Override
    public void end() {
        pauses.end();
        outbound.close(Closing.RESTART);
    }

    /**
     * Returns at the end of the stream, or when nothing of it can follow, the reader is too slow or the node leaves.
     *
     * @throws IOException if the client is gone
     */
    void writeTo(OutputStream out) throws IOException, InterruptedException {
        while (true) {
            if (!work.tryAcquire(heartbeatMs, TimeUnit.MILLISECONDS)) {
                out.write(Pauses.HEARTBEAT);
                out.flush();
                continue;
            }
            for (Outgoing next = outbound.poll(); next != null; next = outbound.poll()) {
                if (!write(next, out)) {
                    out.flush();
                    return;
                }
            }
            out.flush();
            if (outbound.followsNothing()) {
                return;
            }
        }
    }

    /** One event as the stream's clients get it. */
    static void write(String type, long seq, byte[] value, OutputStream out) throws IOException {
        out.write(("event: " + type + "\nid: " + seq + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        out.write(value);
        out.write('\n');
        out.write('\n');
    }

    /** Whether more may follow. */
    private boolean write(Outgoing next, OutputStream out) throws IOException, InterruptedException {
        return switch (next) {
            case Outgoing.Event event -> {
                long waitMs = event.live() ? 0 : pace.waitBefore(event.record().recordedAtMs());
                if (!pauses.pass(waitMs, out)) {
                    yield false;
                }
                write(event.record().type(), event.seq(), event.record().value(), out);
                yield !event.stream().endsWith(event.seq());
            }
            case Outgoing.Control _, Outgoing.Ping _ -> true;
            case Outgoing.Close _ -> false;
        };
    }
}
