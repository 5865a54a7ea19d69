package dev.parley.engine.run;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;

/** What the store knows of streams that are older than the log view. */
public interface Archive {
    /**
     * What the store has under the id now. Blocks within a bound.
     *
     * @throws RuntimeException if the store does not answer
     */
    Found find(StreamId stream) throws InterruptedException;

    /** What the store has under an id. */
    sealed interface Found {
        /** No stream that counts: none, or one of a deleted conversation. */
        record Nothing() implements Found {}

        /**
         * A stream.
         *
         * @param over whether it has its end
         */
        record Stream(SessionKey session, boolean over) implements Found {}
    }
}
