package dev.parley.engine.run;

import dev.parley.schema.id.StreamId;

/** What is known of streams that are older than the log view. */
public interface Archive {
    /** Whether the stream is known to be over; false as well if it cannot be said in time. Blocks within a budget. */
    boolean isOver(StreamId stream) throws InterruptedException;
}
