package dev.parley.engine.writer;

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
    record StreamAddress(
            int partition, SessionKey session, @Nullable String traceparent, long folded) {
        /** The same position, as part of another step of the trace. */
        StreamAddress under(String step) {
            return new StreamAddress(partition, session, step, folded);
        }
    }

    CompletableFuture<Long> event(StreamAddress address, Claim claim, StreamEvent event);

    /** @param n counts the control records of the claim */
    CompletableFuture<Long> control(StreamAddress address, Claim claim, int n, Control control);
}
