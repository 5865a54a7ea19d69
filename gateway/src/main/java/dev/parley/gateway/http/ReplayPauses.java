package dev.parley.gateway.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The pauses between the events of a replay. Heartbeats are written meanwhile, so that a closed connection is noticed. */
final class ReplayPauses {

    static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final CountDownLatch end = new CountDownLatch(1);
    private final long heartbeatNanos;

    ReplayPauses(Duration heartbeat) {
        this.heartbeatNanos = heartbeat.toNanos();
    }

    /** Ends the current pause and all later ones. */
    void end() {
        end.countDown();
    }

    /**
     * Waits this long.
     *
     * @return false if {@link #end} was called
     * @throws IOException if the client is gone
     */
    boolean pass(long ms, OutputStream out) throws IOException, InterruptedException {
        if (ms <= 0) {
            return end.getCount() > 0;
        }
        out.flush();
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            if (end.await(Math.min(left, heartbeatNanos), TimeUnit.NANOSECONDS)) {
                return false;
            }
            if (left > heartbeatNanos) {
                out.write(HEARTBEAT);
                out.flush();
            }
        }
        return true;
    }
}
