package dev.parley.gateway.websocket;

import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits the ping and pong frames of a client in a sliding window. Tomcat tells only the number of all frames, so the data frames are counted here and
 * subtracted. Thread-safe.
 */
final class ControlFrameLimit {

    static final long WINDOW_MS = 10_000;

    private final LongSupplier completed;
    private final int max;

    private long dataFrames;
    private long lastDataFrame = -1;

    /** The sample of the last check. */
    private Sample before;

    /** Samples within the window, oldest first; null while no control frame is in it. */
    private @Nullable ArrayDeque<Sample> samples;

    /**
     * @param completed number of complete frames of every kind
     * @param max ping and pong frames that are allowed within {@link #WINDOW_MS}
     */
    ControlFrameLimit(LongSupplier completed, int max, long nowMs) {
        this.completed = completed;
        this.max = max;
        this.before = new Sample(nowMs, 0);
    }

    /** The application gets a data frame, or a part of it. */
    synchronized void onData() {
        long frame = completed.getAsLong();
        if (frame != lastDataFrame) {
            lastDataFrame = frame;
            dataFrames++;
        }
    }

    /** Whether too many came within the window that ends now. To be called about once a second. */
    synchronized boolean areTooMany(long nowMs) {
        Sample now = new Sample(nowMs, count());
        if (samples == null && now.count() == before.count()) {
            before = now;
            return false;
        }
        if (samples == null) {
            samples = new ArrayDeque<>(2);
            samples.add(before);
        }
        samples.add(now);
        while (nowMs - samples.getFirst().atMs() > WINDOW_MS) {
            samples.removeFirst();
        }
        long within = now.count() - samples.getFirst().count();
        if (within == 0) {
            samples = null;
        }
        before = now;
        return within > max;
    }

    private long count() {
        long frames = completed.getAsLong();
        boolean isInDataFrame = lastDataFrame == frames;
        return frames - (isInDataFrame ? dataFrames - 1 : dataFrames);
    }

    private record Sample(long atMs, long count) {}
}
