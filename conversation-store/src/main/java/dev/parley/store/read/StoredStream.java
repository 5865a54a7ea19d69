package dev.parley.store.read;

import dev.parley.schema.id.SessionKey;

/** What the store has under the id of a stream. */
public sealed interface StoredStream {

    record Unknown() implements StoredStream {}

    /**
     * A stream whose conversation was deleted.
     *
     * @param offset of the {@code conversation_deleted}
     */
    record Deleted(long offset) implements StoredStream {}

    /**
     * A stream that is not deleted.
     *
     * @param over whether it has its end
     * @param firstOffset of its start
     */
    record Known(SessionKey session, boolean over, long firstOffset) implements StoredStream {}
}
