package dev.parley.gateway.relay;

import org.jspecify.annotations.Nullable;

/**
 * The memory for past streams: events that are held only until their readers have read them, from the archive or evicted from the hot window.
 * All past streams of a gateway together have one bound. Thread-safe.
 */
public final class PastStreamMemory {

    private final long maxBytes;
    private long allocatedBytes;

    /** @param maxBytes of all past streams together; a larger stream is accepted while nothing else is allocated */
    public PastStreamMemory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** @return null if fewer bytes than these are free */
    public synchronized @Nullable Allocation allocate(long bytes) {
        long counted = Math.min(bytes, maxBytes);
        if (allocatedBytes + counted > maxBytes) {
            return null;
        }
        allocatedBytes += counted;
        return new Allocation(counted);
    }

    /** Bytes that are allocated now. */
    public synchronized long allocatedBytes() {
        return allocatedBytes;
    }

    /** Allocated bytes, until they are released. */
    public final class Allocation {

        private long bytes;

        private Allocation(long bytes) {
            this.bytes = bytes;
        }

        /** A second call has no effect. */
        public void release() {
            synchronized (PastStreamMemory.this) {
                allocatedBytes -= bytes;
                bytes = 0;
            }
        }
    }
}
