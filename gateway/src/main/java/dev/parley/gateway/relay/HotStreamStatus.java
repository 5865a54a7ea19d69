package dev.parley.gateway.relay;

import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.log.StreamLog;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stream as the hot window has it.
 *
 * @param start its first event, null if it has not started
 * @param startedAt the time of that event's record
 * @param last its last event, if it is over
 * @param endedAt the time of that event's record, not before {@code startedAt}
 */
public record HotStreamStatus(
        SessionId session,
        StreamLog log,
        StreamEvent.@Nullable StreamStart start,
        @Nullable Instant startedAt,
        StreamEvent.@Nullable Terminal last,
        @Nullable Instant endedAt) {}
