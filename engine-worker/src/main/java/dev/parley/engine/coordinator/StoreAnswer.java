package dev.parley.engine.coordinator;

import dev.parley.schema.id.SessionKey;

/** What the store says of an id that may be older than the log. */
public sealed interface StoreAnswer {
    /** It has no stream of that id, and knows all that is older than the log. */
    record New() implements StoreAnswer {}

    /** It has a stream of that id, which is over. */
    record Over(SessionKey session) implements StoreAnswer {}

    /**
     * It has a stream of that id without an end.
     *
     * @param start the offset of its first event
     */
    record Unfinished(long start) implements StoreAnswer {}

    /**
     * The conversation of its last stream of that id was deleted.
     *
     * @param event the offset of the {@code conversation_deleted}
     */
    record Deleted(long event) implements StoreAnswer {}

    /** It did not answer, or the projection is behind. */
    record Unknown() implements StoreAnswer {}
}
