package dev.parley.engine.coordinator;

import dev.parley.schema.id.StreamId;

/** Finds streams in the store, for ids that may be older than the log. */
public interface StreamStore {
    /**
     * What the store has under the id now; never {@link StoreAnswer.Unknown}. Blocks for a bounded time.
     *
     * @throws RuntimeException if the store does not answer
     */
    StoreAnswer find(StreamId stream) throws InterruptedException;
}
