package dev.parley.engine.state;

import dev.parley.schema.command.Command;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A record of {@code chat.commands}, decoded. */
public sealed interface CommandRecord {
    int partition();

    long offset();

    /**
     * A command.
     *
     * @param traceparent the step of the trace that wrote it; null if the record does not say
     * @param time of the record; null if it has none
     */
    record Readable(
            int partition,
            long offset,
            Command command,
            @Nullable String traceparent,
            @Nullable Instant time) implements CommandRecord {}

    /** A record that cannot be decoded. What decoded it keeps the record itself here, for the dead-letter topic. */
    non-sealed interface Unreadable extends CommandRecord {
        String reason();
    }
}
