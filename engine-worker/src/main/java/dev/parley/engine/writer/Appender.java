package dev.parley.engine.writer;

import dev.parley.engine.stream.StreamAddress;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.log.Claim;
import java.util.concurrent.CompletableFuture;

/**
 * Appends to {@code chat.events}. What it returns is done when the brokers have the record, and fails when nobody knows whether they
 * have it; it does one of the two within a lease. The number is the record's offset.
 */
public interface Appender {
    CompletableFuture<Long> event(StreamAddress address, Claim claim, StreamEvent event);

    /** @param n counts the control records of the claim */
    CompletableFuture<Long> control(StreamAddress address, Claim claim, int n, Control control);
}
