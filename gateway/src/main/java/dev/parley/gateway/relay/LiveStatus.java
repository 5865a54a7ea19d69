package dev.parley.gateway.relay;

import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.log.StreamLog;
import org.jspecify.annotations.Nullable;

/**
 * A stream as the hot window has it.
 *
 * @param start its first event, null if it has not started
 * @param last its last event, if it is over
 */
public record LiveStatus(
        SessionId session,
        StreamLog log,
        StreamEvent.@Nullable StreamStart start,
        StreamEvent.@Nullable Terminal last) {}
