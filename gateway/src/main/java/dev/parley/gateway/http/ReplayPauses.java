package dev.parley.gateway.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The pauses between the events of a replay. Heartbeats go out meanwhile, so that a client that is gone is noticed. */
final class ReplayPauses {

    static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final CountDownLatch end = new CountDownLatch(1);
    private final long heartbeatNanos;

    ReplayPauses(int heartbeatMs) {
        this.heartbeatNanos = TimeUnit.MILLISECONDS.toNanos(heartbeatMs);
    }

    /** Ends the pause under way, and all that would follow. */
    void end() {
        end.countDown();
    }

    /**
     * Passes so much time.
     *
     * @return false if the answer is to end
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
