package dev.parley.engine.stream;

import dev.parley.schema.event.Failure;
import org.jspecify.annotations.Nullable;

/** Whether a stream's model is to be asked, and whether it has been silent or at work for too long. Not thread-safe. */
final class ModelWait {
    private final WriterSettings settings;
    private boolean wanted;
    private boolean asked;
    private boolean hasSpoken;
    private long lastWordAt;

    ModelWait(WriterSettings settings) {
        this.settings = settings;
    }

    /** The model may be asked. */
    void allow() {
        wanted = true;
    }

    /** Whether the model is to be asked now. */
    boolean isDue() {
        return wanted && !asked;
    }

    void ask(long now) {
        asked = true;
        lastWordAt = now;
    }

    /** The model said something. */
    void spoke(long now) {
        hasSpoken = true;
        lastWordAt = now;
    }

    /**
     * When the wait is over.
     *
     * @param startedAt when the stream began
     */
    long deadline(long startedAt) {
        return asked ? Math.min(silentUntil(), totalUntil(startedAt)) : Long.MAX_VALUE;
    }

    /** What failed if the wait is over; null if it is not. */
    @Nullable
    Failure failure(long startedAt, long now) {
        if (now < deadline(startedAt)) {
            return null;
        }
        if (now >= totalUntil(startedAt)) {
            return Failures.TOTAL;
        }
        return hasSpoken ? Failures.IDLE : Failures.FIRST_TOKEN;
    }

    private long silentUntil() {
        return lastWordAt + (hasSpoken ? settings.idle() : settings.firstToken()).toNanos();
    }

    private long totalUntil(long startedAt) {
        return startedAt + settings.total().toNanos();
    }
}
