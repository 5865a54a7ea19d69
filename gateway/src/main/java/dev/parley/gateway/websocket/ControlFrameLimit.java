package dev.parley.gateway.websocket;

import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many ping and pong frames a client sends. Only how many frames of every kind have come can be asked for, so the data frames are counted
 * here and taken off. Thread-safe.
 */
final class ControlFrameLimit {

    static final long WINDOW_MS = 10_000;

    private final LongSupplier completed;
    private final int most;

    private long dataFrames;
    private long lastDataFrame = -1;

    /** When it was asked about last. */
    private Sample before;

    /** Of the window, the oldest first; null while none has come within it. */
    private @Nullable ArrayDeque<Sample> samples;

    /**
     * @param completed how many frames of every kind have come to their end
     * @param most how many ping and pong frames may come within {@link #WINDOW_MS}
     */
    ControlFrameLimit(LongSupplier completed, int most, long nowMs) {
        this.completed = completed;
        this.most = most;
        this.before = new Sample(nowMs, 0);
    }

    /** Some or all of a data frame is handed over; a frame may be handed over in several pieces. */
    synchronized void onData() {
        long frame = completed.getAsLong();
        if (frame != lastDataFrame) {
            lastDataFrame = frame;
            dataFrames++;
        }
    }

    /** Whether too many have come within a window that ends now. To be asked about once a second. */
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
        return within > most;
    }

    private long count() {
        long frames = completed.getAsLong();
        boolean dataFrameUnderWay = lastDataFrame == frames;
        return frames - (dataFrameUnderWay ? dataFrames - 1 : dataFrames);
    }

    private record Sample(long atMs, long count) {}
}
