package dev.parley.engine.writer;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;

/** Finds streams in the store, for ids that may be older than the log. */
public interface Archive {
    /**
     * What the store has under the id now. Blocks for a bounded time.
     *
     * @throws RuntimeException if the store does not answer
     */
    Found find(StreamId stream) throws InterruptedException;

    /** What there is under an id. */
    sealed interface Found {
        /** No stream. */
        record Nothing() implements Found {}

        /**
         * A stream whose conversation was deleted.
         *
         * @param event the offset of the {@code conversation_deleted}
         */
        record Deleted(long event) implements Found {}

        /**
         * A stream.
         *
         * @param over whether it has its end
         * @param start the offset of its first event
         */
        record Stream(SessionKey session, boolean over, long start) implements Found {}
    }
}
