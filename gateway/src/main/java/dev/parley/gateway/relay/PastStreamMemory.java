package dev.parley.gateway.relay;

import org.jspecify.annotations.Nullable;

/**
 * Bounds the events that a node holds only for readers that are not through with them: what came out of the archive, and what the hot window
 * has let go. Thread-safe.
 */
public final class PastStreamMemory {

    private final long most;
    private long held;

    /** @param most bytes of all of them together; one that is larger is taken where nothing else is held */
    public PastStreamMemory(long most) {
        this.most = most;
    }

    /** @return null if there is no room for so many bytes */
    public synchronized @Nullable Share take(long bytes) {
        long counted = Math.min(bytes, most);
        if (held + counted > most) {
            return null;
        }
        held += counted;
        return new Share(counted);
    }

    /** Bytes that are taken and not given back. */
    public synchronized long held() {
        return held;
    }

    /** What was taken, until it is given back. */
    public final class Share {

        private long bytes;

        private Share(long bytes) {
            this.bytes = bytes;
        }

        /** Counts once. */
        public void giveBack() {
            synchronized (PastStreamMemory.this) {
                held -= bytes;
                bytes = 0;
            }
        }
    }
}
