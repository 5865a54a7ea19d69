package dev.parley.engine.writer;

import dev.parley.engine.stream.StreamAddress;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.log.Claim;
import java.util.concurrent.CompletableFuture;

/**
 * Appends to {@code chat.events}. The future completes with the record's offset when the brokers have acknowledged the record, and fails when
 * it is unknown whether they have it. It does one of the two within a lease.
 */
public interface Appender {
    CompletableFuture<Long> event(StreamAddress address, Claim claim, StreamEvent event);

    /** @param n counts the control records of the claim */
    CompletableFuture<Long> control(StreamAddress address, Claim claim, int n, Control control);
}
