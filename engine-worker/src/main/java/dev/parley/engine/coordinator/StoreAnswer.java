package dev.parley.engine.coordinator;

import dev.parley.schema.id.SessionKey;

/** The store's answer about an id that may be older than the log. */
public sealed interface StoreAnswer {
    /** There is no stream of that id, and the store knows all that is older than the log. */
    record New() implements StoreAnswer {}

    /** There is a stream of that id, and it is over. */
    record Over(SessionKey session) implements StoreAnswer {}

    /**
     * There is a stream of that id without an end.
     *
     * @param start the offset of its first event
     */
    record Unfinished(long start) implements StoreAnswer {}

    /**
     * The conversation of the last stream of that id was deleted.
     *
     * @param event the offset of the {@code conversation_deleted}
     */
    record Deleted(long event) implements StoreAnswer {}

    /** The store did not answer, or the projection is behind. */
    record Unknown() implements StoreAnswer {}
}
