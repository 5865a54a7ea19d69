package dev.parley.engine.run;

import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.log.Claim;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Appends to {@code chat.events}. What it returns is done when the brokers have the record, and fails when nobody knows whether they
 * have it; it does one of the two within a lease. The number is the record's offset.
 */
public interface Appender {
    /**
     * Where a stream's records go.
     *
     * @param folded the highest offset of the partition that was folded when the stream was decided to start; -1 for none
     */
    record Address(
            int partition, SessionKey session, @Nullable String traceparent, long folded) {
        /** The same place, as part of another step of the trace. */
        Address under(String step) {
            return new Address(partition, session, step, folded);
        }
    }

    CompletableFuture<Long> event(Address address, Claim claim, StreamEvent event);

    /** @param n counts the control records of the claim */
    CompletableFuture<Long> control(Address address, Claim claim, int n, Control control);
}
