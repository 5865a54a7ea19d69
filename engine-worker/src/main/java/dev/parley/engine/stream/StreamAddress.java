package dev.parley.engine.stream;

import dev.parley.schema.id.SessionKey;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of a stream go.
 *
 * @param traceparent the step of the trace that they belong to; null if there is none
 * @param folded the highest offset of the partition's events that was folded when the writer's task was decided; -1 for none
 */
public record StreamAddress(
        int partition, SessionKey session, @Nullable String traceparent, long folded) {
    /** The same address, as part of another step of the trace. */
    public StreamAddress under(String step) {
        return new StreamAddress(partition, session, step, folded);
    }
}
