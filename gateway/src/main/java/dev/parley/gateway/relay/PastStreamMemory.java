package dev.parley.gateway.relay;

import org.jspecify.annotations.Nullable;

/**
 * The memory for past streams: events that are held only until their readers have read them, from the archive or evicted from the hot window.
 * All past streams of a gateway together have one bound. Thread-safe.
 */
public final class PastStreamMemory {

    private final long maxBytes;
    private long reservedBytes;

    /** @param maxBytes of all past streams together; a larger stream is accepted while nothing else is reserved */
    public PastStreamMemory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** @return null if fewer bytes than these are free */
    public synchronized @Nullable Reservation reserve(long bytes) {
        long counted = Math.min(bytes, maxBytes);
        if (reservedBytes + counted > maxBytes) {
            return null;
        }
        reservedBytes += counted;
        return new Reservation(counted);
    }

    /** Bytes that are reserved now. */
    public synchronized long reservedBytes() {
        return reservedBytes;
    }

    /** Reserved bytes, until they are released. */
    public final class Reservation {

        private long bytes;

        private Reservation(long bytes) {
            this.bytes = bytes;
        }

        /** A second call has no effect. */
        public void release() {
            synchronized (PastStreamMemory.this) {
                reservedBytes -= bytes;
                bytes = 0;
            }
        }
    }
}
