package dev.parley.engine.desk;

import dev.parley.schema.id.SessionKey;

/** What the store says of an id that may be older than the log. */
public sealed interface StoreAnswer {
    /** It has no stream of that id, and knows all that is older than the log. */
    record New() implements StoreAnswer {}

    /** It has a stream of that id, which is over. */
    record Over(SessionKey session) implements StoreAnswer {}

    /** It did not answer, or the projection is behind, or the stream is not over there. */
    record Unknown() implements StoreAnswer {}
}
