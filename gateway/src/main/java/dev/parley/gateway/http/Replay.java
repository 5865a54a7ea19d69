package dev.parley.gateway.http;

import dev.parley.gateway.history.ArchivedStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A stream out of the archive as server-sent events, at once or in its own time. */
final class Replay {

    private static final int BUFFER_BYTES = 64 * 1024;

    /** So soon a replay notices that the node leaves. */
    private static final long LONGEST_SLEEP_MS = 200;

    private final Pace pace;
    private final int heartbeatMs;
    private final BooleanSupplier goesOn;

    Replay(Pace pace, int heartbeatMs, BooleanSupplier goesOn) {
        this.pace = pace;
        this.heartbeatMs = heartbeatMs;
        this.goesOn = goesOn;
    }

    /**
     * Returns at the end, or when the node leaves.
     *
     * @throws IOException if the client is gone
     */
    void write(List<ArchivedStream.Event> events, OutputStream to) throws IOException, InterruptedException {
        OutputStream out = new BufferedOutputStream(to, BUFFER_BYTES);
        for (ArchivedStream.Event event : events) {
            if (!await(pace.waitBefore(event.timeMs()), out)) {
                return;
            }
            EventStream.write(event.type(), event.seq(), event.value(), out);
        }
        out.flush();
    }

    private boolean await(long ms, OutputStream out) throws IOException, InterruptedException {
        if (ms <= 0) {
            return goesOn.getAsBoolean();
        }
        out.flush();
        long begin = System.nanoTime();
        long due = begin + TimeUnit.MILLISECONDS.toNanos(ms);
        long heartbeat = begin + TimeUnit.MILLISECONDS.toNanos(heartbeatMs);
        for (long now = begin; now - due < 0; now = System.nanoTime()) {
            if (!goesOn.getAsBoolean()) {
                return false;
            }
            if (now - heartbeat >= 0) {
                out.write(EventStream.HEARTBEAT);
                out.flush();
                heartbeat += TimeUnit.MILLISECONDS.toNanos(heartbeatMs);
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(due - now, TimeUnit.MILLISECONDS.toNanos(LONGEST_SLEEP_MS)));
        }
        return true;
    }
}
